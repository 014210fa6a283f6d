"""The control interface of the access point: its commands and what they do, without sockets."""
