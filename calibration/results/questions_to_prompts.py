"""Questions with known answers -> a prompt set of qualm's format, on the standard output."""

import json
import re
import sys

def reference(keys):
    """Every key must occur in the answer, as it is but for white space."""
    if len(keys) == 1:
        words = [re.sub(r"([.[\]{}()*+?^$|\\])", r"\\\1", word) for word in keys[0].split()]
        return {"type": "regex", "pattern": "[[:space:]]+".join(words), "flags": ""}
    return {"type": "all", "of": keys}


with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        question = json.loads(line)
        print(json.dumps({
            "id": f"tiny-{question['id']:04}",
            "category": question["family"],
            "prompt": question["q"],
            "reference": reference(question["key"]),
        }))
