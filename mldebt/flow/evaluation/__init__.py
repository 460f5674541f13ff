"""What models are fitted on, chosen by and judged on."""
