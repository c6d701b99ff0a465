"""Conditions as an expression that pandas understands, and back.

From conditions to text, and under the names that keys have by now:

- `expressions.query` spells each condition, and joins them with ``and``.
- `renaming.carried` carries conditions and expressions over to renamed keys.

From text to conditions, step by step:

1. `parsing.parse` has the text read (room `queries`), and takes it apart at each ``and``.
2. `reader.Reader` tries each part as a condition on one key, also as `expressions` spells it.
3. `algebra` makes one condition of two on the same key, if one can say both.
4. `parsing.parse` keeps what no condition can say as an expression, once `allowed.check` passes it.
"""
