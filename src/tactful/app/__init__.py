"""Use cases: record, decide, plan, explain, train. Each reads what it needs, asks the pure core, and writes in one transaction."""
