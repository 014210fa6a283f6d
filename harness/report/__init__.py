"""Floor 5: from the records of a run to verdicts, an HTML page and JUnit XML."""
