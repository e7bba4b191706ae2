"""What `qualm calibrate --report-json` says of the worked example: the promise holds where nothing was fitted, and the risk earns its keep."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    found = json.load(file)

assert found["certified"] and found["threshold"] > 0, "nothing is certified"
test, window, auroc = found["test"], found["window_test"], found["auroc"]
assert found["labels"]["test"] >= 400, found["labels"]
assert test["loss_rate"] <= found["alpha"], f"the promise of {found['alpha']} is broken on the test split: {test}"
assert test["coverage"] > window["coverage"], f"the certified risk ships {test['coverage']}, the certified window {window['coverage']}"
for baseline in ["window_bits", "mean_bits", "worst_token", "length"]:
    assert auroc["risk"] > auroc[baseline], f"{baseline} ranks the test drafts no worse than the risk: {auroc}"
print(
    f"worked example: {test['losses']} of {test['labels']} test requests got a bad draft ({test['loss_rate']:.2%}, promised {found['alpha']:.0%}), "
    f"{test['coverage']:.1%} shipped (window {window['coverage']:.1%}), AUROC {auroc['risk']:.3f} (window {auroc['window_bits']:.3f})"
)
