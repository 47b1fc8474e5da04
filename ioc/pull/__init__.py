"""Systems that tell what is, not what happened: one file per adapter, `engine/` asks them and turns differences into events."""
