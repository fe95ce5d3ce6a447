"""What a graded class tells: marks, report, tables, exports."""
