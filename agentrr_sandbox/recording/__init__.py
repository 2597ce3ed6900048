"""run.jsonl: events, codec, writer, reader, redaction, and where recordings live."""
