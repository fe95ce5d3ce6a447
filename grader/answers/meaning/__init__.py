"""Right answers to the exercises on BERT."""
