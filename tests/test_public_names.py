"""What `import consentmw` offers, and where each of it really is."""

import ast
import inspect
import subprocess
import sys

import pytest

import consentmw


def test_every_public_name_is_there():
    for name in consentmw.__all__:
        assert getattr(consentmw, name) is not None
    assert set(consentmw.__all__) <= set(dir(consentmw))


def test_what_type_checkers_are_told_is_what_is_imported():
    tree = ast.parse(inspect.getsource(consentmw))
    told = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("consentmw.")
        for alias in node.names
    }

    assert told == consentmw._HOME_OF
    assert {*told, "__version__"} == set(consentmw.__all__)


def test_a_name_that_there_is_not_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'consentmw' has no attribute 'Consnet'"):
        _ = consentmw.Consnet


def test_the_package_alone_imports_nothing():
    code = "import sys, consentmw; print([m for m in sys.modules if m.startswith('consentmw.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
