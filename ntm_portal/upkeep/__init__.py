"""What keeps the portal safe: backups, restoring them, and the round of every night."""
