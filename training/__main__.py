"""``python -m training STEP``."""

from training.cli import app

app()
