"""Plans of the expert tasks, one module a family: `solve(a)` works the task with live results."""
