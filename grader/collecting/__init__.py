"""What Canvas and Moodle give out and take back: downloads of submissions, and pages of feedback."""
