"""The machine of `ioc pull`: access, cursors, snapshots, differences, publication."""
