"""The language server: findings in the editor, as code is written."""
