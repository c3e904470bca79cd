"""What a backup leaves for Prometheus to find: a file for the textfile collector of node_exporter."""

from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from deploy.backup import manifest, shelf

registry = CollectorRegistry()
made = Gauge(
    "dolbom_backup_made_timestamp_seconds", "When the newest finished backup was made, since 1970.", registry=registry
)
size = Gauge("dolbom_backup_bytes", "How large the newest finished backup is.", registry=registry)
tried = Gauge(
    "dolbom_backup_tried_timestamp_seconds",
    "When a backup was last brought back into a scratch database and was whole, since 1970; 0: never.",
    registry=registry,
)


def write(path: Path, folder: Path) -> None:
    """Tell of the newest backup of the shelf, and of the newest that was tried."""
    backup = shelf.chosen(folder)
    newest = manifest.read(backup)
    made.set(newest.made_at.timestamp())
    size.set(sum(content.size for content in newest.contents))
    noted = [found.at.timestamp() for each in shelf.backups(folder) if (found := shelf.tried(each))]
    tried.set(max(noted, default=0))
    write_to_textfile(f"{path}", registry)
    # A backup closes every file that it makes. The collector has an account of its own, and here is nothing of anybody.
    path.chmod(0o644)
