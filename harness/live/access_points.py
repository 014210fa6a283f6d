"""The radios of one daemon, and what concerns more than one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from harness.ap.config_build import idle_warnings
from harness.ap.config_file import BssSettings, Settings, parse
from harness.ap.neighbours import Neighbours
from harness.base.errors import AirproofError, ConfigError, UsageError
from harness.live import log
from harness.live.files import RealFiles
from harness.live.hosted import Common, HostedAccessPoint, Tell
from harness.live.log import Log
from harness.live.loop import Loop

_COPIED: Final = {
    "wpa": "wpa",
    "wpa_key_mgmt": "wpa_key_mgmt",
    "wpa_pairwise": "wpa_pairwise",
    "rsn_pairwise": "rsn_pairwise",
    "wpa_passphrase": "wpa_passphrase",
    "wpa_psk": "wpa_psk",
}
"""What DUP_NETWORK copies, by the field of the settings."""


class AccessPoints:
    """Every access point of the program. `driver`, `group`, `tell`, `common`, `failed`: see
    `HostedAccessPoint`.
    """

    def __init__(
        self,
        loop: Loop,
        written: Log,
        *,
        driver: str | None,
        tell: Tell,
        common: Common,
        failed: Callable[[HostedAccessPoint], None],
    ) -> None:
        self.group: int | None = None
        self._loop = loop
        self._log = written
        self._driver = driver
        self._tell = tell
        self._common = common
        self._failed = failed
        self._files: Final = RealFiles(lambda line: written.say(line, log.ERROR))
        self._hosted: list[HostedAccessPoint] = []
        self._neighbours: Final = Neighbours()

    def __iter__(self) -> Iterator[HostedAccessPoint]:
        return iter(tuple(self._hosted))

    # ---- from files -----------------------------------------------------------------------

    def parse(self, file: str, name: str | None = None) -> Settings:
        """Read a configuration file, `name` in the place of its interface. Raises `ConfigError`."""
        settings = parse(self._files.read(file), file, name, self._files.read)
        for warning in (*settings.warnings, *idle_warnings(settings)):
            self._log.say(warning)
        return settings

    def add(
        self, settings: Settings, name: str | None = None, phy: str | None = None
    ) -> HostedAccessPoint:
        """Take in another radio; it is not enabled. `name`, `phy`: as the command line has them.

        Raises `ConfigError` when one of the interfaces is there already, or can't have a socket.
        """
        self._require_new(settings)
        hosted = HostedAccessPoint(
            settings,
            self._loop,
            self._log,
            driver=self._driver,
            interface_name=name,
            phy=phy,
            group=self.group,
            tell=self._tell,
            common=self._common,
            failed=self._failed,
            neighbours=self._neighbours,
            admit=self._require_new,
        )
        self._hosted.append(hosted)
        self._neighbours.radios = len(self._hosted)
        return hosted

    def add_empty(self, name: str, directory: str, driver: str | None) -> None:
        """Take in a radio without settings: SET brings them. Raises as `add`."""
        bss = BssSettings(name, values={"ctrl_interface": directory})
        radio = {} if driver is None else {"driver": driver}
        self.add(Settings([bss], radio, read=self._files.read), name)

    def add_bss(self, phy: str, file: str) -> HostedAccessPoint | None:
        """Add the BSS of a file to the radio `phy`; a radio that is not there is made and given.

        Raises `ConfigError`, `UsageError`, `OSError`.
        """
        settings = self.parse(file)
        hosted = next((each for each in self._hosted if each.is_phy(phy)), None)
        if hosted is None:
            return self.add(settings, phy=phy)
        self._require_new(settings)
        if len(settings.bsss) != 1:
            raise ConfigError("bss: only one BSS is added to a radio that is there", file=file)
        hosted.add_bss(settings.bsss[0])
        return None

    def _require_new(self, settings: Settings, apart: HostedAccessPoint | None = None) -> None:
        others = [hosted for hosted in self._hosted if hosted is not apart]
        taken = {each for hosted in others for each in hosted.names}
        for bss in settings.bsss:
            if bss.name in taken:
                error = ConfigError(f"there is an interface {bss.name!r} already", bss=bss.name)
                raise settings.placed(error)

    # ---- those that are there -------------------------------------------------------------

    def of(self, name: str) -> HostedAccessPoint | None:
        """The access point with a BSS on the interface `name`."""
        return next((each for each in self._hosted if name in each.names), None)

    def remove(self, name: str) -> None:
        """End the radio whose first BSS is `name`, or another BSS. Raises `UsageError`."""
        hosted = self._named(name)
        if name == hosted.name:
            self._hosted.remove(hosted)
            self._neighbours.radios = len(self._hosted)
            hosted.close()
        else:
            hosted.remove_bss(name)

    def remove_bss(self, name: str) -> None:
        """End one BSS, and its radio with the last. Raises `UsageError`."""
        hosted = self._named(name)
        if name == hosted.name and len(hosted.names) > 1:
            raise UsageError(f"{name} is the radio's first BSS")
        self.remove(name)

    def copy_network(self, source: str, destination: str, parameter: str) -> None:
        """Copy one key of a BSS's protection to another BSS. Raises `UsageError`."""
        given = self._named(source).interface.bss(source)
        taken = self._named(destination).interface.bss(destination)
        if parameter not in _COPIED:
            raise UsageError(f"{parameter!r} is not copied")
        name = _COPIED[parameter]
        if name in ("wpa_passphrase", "wpa_psk") and name not in given.values:
            raise UsageError(f"{source} has no {parameter}")
        if name in ("wpa_passphrase", "wpa_psk"):
            taken.values.pop("wpa_psk", None)
            taken.values.pop("wpa_passphrase", None)
        if name in given.values:
            taken.values[name] = given.values[name]
        else:
            taken.values.pop(name, None)

    def reload_files(self) -> None:
        """Read every file again; what is wrong with one is for the log."""
        for each in self._hosted:
            try:
                each.reload_file()
            except AirproofError as error:
                self._log.say(f"{each.name}: {error}", log.ERROR)

    def dump(self) -> None:
        """Write into the log how everyone is."""
        for each in self._hosted:
            for line in each.execute(each.name, "STATUS").splitlines():
                self._log.say(f"{each.name}: {line}")

    def close(self) -> None:
        while self._hosted:
            self._hosted.pop().close()

    def _named(self, name: str) -> HostedAccessPoint:
        hosted = self.of(name)
        if hosted is None:
            raise UsageError(f"there is no interface {name!r}")
        return hosted
