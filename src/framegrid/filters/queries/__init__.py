"""Expressions as text: what they may hold, and the rows for which they are true.

What happens to one, step by step:

1. `python_text.read` parses the text into a tree that knows where each part stands.
2. `allowed.check` refuses what does more than compare the values of keys; it finds the keys.
3. `column_names` spells these keys as pandas reads them, numbers inside dicts as well.
4. `queries.mask` has pandas evaluate the result; `queries.checked` has it try on one sample.
"""
