"""Right answers to the exercises on copying and on speech."""
