"""`python -m deploy.backup`: what `python -m deploy` does of backups, with no more than a service's libraries."""

import typer

from deploy.backup import commands

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.command()(commands.backup)
app.command("restore")(commands.bring_back)
app.command()(commands.after_restore)
app.command()(commands.versions)

if __name__ == "__main__":
    app()
