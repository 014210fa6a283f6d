"""The station's control vocabulary: commands in, replies out, without sockets."""
