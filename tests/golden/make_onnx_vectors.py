"""Write onnx_vectors.npz: the node tests of ONNX's operator Attention, for test_onnx.py.

Run it in an environment of its own; nothing else here needs this package:

    python -m venv /tmp/onnx && /tmp/onnx/bin/pip install onnx==1.23.2
    /tmp/onnx/bin/python tests/golden/make_onnx_vectors.py

The tests draw their inputs from one seed, so that many arrays are equal: each is stored once, under a
number. "cases" is JSON: for each test its attributes, and the numbers of its inputs and outputs by name.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx.backend.test.case.node import attention

OUT = Path(__file__).with_name("onnx_vectors.npz")
PASSED_THROUGH = ("present_key", "present_value")  # the past and the new, joined: nothing is computed


def main():
    """Write every test but those in bfloat16, which NumPy doesn't have."""
    arrays, cases, left_out = {}, {}, []
    for name, node, inputs, outputs in node_tests():
        if any(str(array.dtype) == "bfloat16" for array in inputs.values()):
            left_out.append(name)
            continue
        cases[name] = {
            "attributes": {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute},
            "inputs": {key: number(array, arrays) for key, array in inputs.items()},
            "outputs": {
                key: number(array, arrays) for key, array in outputs.items() if key not in PASSED_THROUGH
            },
        }
    stored = {str(i): array for i, array in enumerate(arrays.values())}
    np.savez_compressed(OUT, cases=json.dumps(cases), **stored)
    size = OUT.stat().st_size / 1000
    print(f"{OUT.name}: {len(cases)} cases, {len(arrays)} arrays, {size:.0f} kB, onnx {onnx.__version__}")
    print(f"left out: {', '.join(left_out)}")


def node_tests():
    """Return ``(name, node, inputs by name, outputs by name)`` of every test."""
    found = []

    def expect(node, inputs, outputs, name, **_):
        named_inputs = zip(filter(None, node.input), inputs, strict=True)
        named_outputs = zip(filter(None, node.output), outputs, strict=True)
        found.append((name, node, dict(named_inputs), dict(named_outputs)))

    attention.expect = expect
    for name in dir(attention.Attention):
        if name.startswith("export"):
            np.random.seed(0)  # noqa: NPY002 - what onnx itself does before each
            getattr(attention.Attention, name)()
    return found


def number(array, arrays):
    """Return the number of an array among `arrays`, which gets it if it is new."""
    key = (str(array.dtype), array.shape, array.tobytes())
    arrays.setdefault(key, array)
    return list(arrays).index(key)


if __name__ == "__main__":
    main()
