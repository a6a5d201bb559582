"""What browsers' tree builders make of each token: where it stands, not the tree itself.

`browsers` holds one `builder` for all that read the page alike; `modes` takes a token to the rules
of the insertion mode (`body`, `tables`, `foreign`), which move the `stack`.
"""
