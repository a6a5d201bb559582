"""Pages that are meant to cost: each repeats what makes a scanner look again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

DENIED = b"//tag-denied.example/x"


def _repeat(piece: bytes, before: bytes = b"", after: bytes = b"") -> Callable[[int], bytes]:
    def build(size: int) -> bytes:
        return before + piece * ((size - len(before) - len(after)) // len(piece)) + after

    return build


ADVERSARIAL: dict[str, Callable[[int], bytes]] = {
    "text": _repeat(b"word and word, "),
    "<": _repeat(b"<"),
    "< ": _repeat(b"< "),
    "</": _repeat(b"</"),
    "&": _repeat(b"&"),
    ">": _repeat(b">"),
    '"': _repeat(b'"', b"<p>"),
    "an unfinished tag": _repeat(b"a ", b"<p "),
    "unfinished tags": _repeat(b"<p a "),
    "a tag of many attributes": _repeat(b"a=b ", b"<p ", b">"),
    "a tag of many equals signs": _repeat(b"=", b"<p ", b">"),
    "a tag of many slashes": _repeat(b"/", b"<p ", b">"),
    "a tag of many quotes": _repeat(b'a\'b="c" ', b"<p ", b">"),
    "quotes that never close": _repeat(b"<p a='>", b'<p b=">'),
    "a long name": _repeat(b"p", b"<", b">"),
    "a long attribute name": _repeat(b"p", b"<p ", b">"),
    "a long value": _repeat(b"p", b"<img src='", b"'>"),
    "a long host": _repeat(b"a.", b"<img src='//", b"example/'>"),
    "a long host of references": _repeat(b"&period;", b"<img src='//a", b"example/'>"),
    "a value of references": _repeat(b"&amp;", b"<img src='/", b"'>"),
    "a value of broken references": _repeat(b"&#", b"<img src='/", b"'>"),
    "a number without end": _repeat(b"9", b"<img src='/&#", b";'>"),
    "a srcset of commas": _repeat(b",", b"<img srcset='", b"'>"),
    "a srcset of candidates": _repeat(b"//fine.example/a 1x, ", b"<img srcset='", b"'>"),
    "a srcset of parentheses": _repeat(b"a (", b"<img srcset='", b"'>"),
    "a srcset of data: URLs": _repeat(b"data:,a,b, ", b"<img srcset='", b"'>"),
    "a path of dots": _repeat(b"../", b"<img src='//mixed.example/", b"'>"),
    "a path of escapes": _repeat(b"%2e/", b"<img src='//mixed.example/", b"'>"),
    "tabs in a URL": _repeat(b"\t", b"<img src='//fine", b".example/'>"),
    "a data: page": _repeat(b"%3Cp%3E", b"<iframe src='data:text/html,", b"'></iframe>"),
    "a srcdoc": _repeat(b"&lt;p&gt;", b"<iframe srcdoc='", b"'></iframe>"),
    "a comment": _repeat(b"-", b"<!--"),
    "a comment of openings": _repeat(b"<!--"),
    "a comment of half ends": _repeat(b"--!", b"<!--"),
    "comments": _repeat(b"<!---->"),
    "bogus comments": _repeat(b"<!x>"),
    "an unfinished declaration": _repeat(b"<!", b"<!doctype "),
    "CDATA": _repeat(b"]]", b"<svg><![CDATA["),
    "CDATA openings": _repeat(b"<![CDATA[", b"<svg>"),
    "CDATA of two readings": _repeat(b"<svg><desc><p></desc><![CDATA[>]]>"),
    "an unfinished script": _repeat(b"</scrip", b"<script>"),
    "an escaped script": _repeat(b"<!--<script>", b"<script>"),
    "an escaped script, half ended": _repeat(b"<!--<script></script>", b"<script>"),
    "scripts": _repeat(b"<script>x</script>"),
    "an unfinished style": _repeat(b"</styl", b"<style>"),
    "a title of end tags": _repeat(b"</titl></title x", b"<title>"),
    "plaintext": _repeat(b"<p>", b"<plaintext>"),
    "plain tags": _repeat(b"<p>"),
    "end tags": _repeat(b"</p>"),
    "svg": _repeat(b"<svg>"),
    "svg, closed": _repeat(b"<svg></svg>"),
    "svg and desc": _repeat(b"<svg><desc>"),
    "svg and its end tags": _repeat(b"</g>", b"<svg>"),
    "svg broken out of": _repeat(b"<svg></p>"),
    "math": _repeat(b"<math><mi><mglyph>"),
    "tables around svg": _repeat(b"<table><td><svg>"),
    "parts of tables inside svg": _repeat(b"<svg><desc><td></td>"),
    "select": _repeat(b"<select>"),
    "select and svg": _repeat(b"<select><svg><desc></select>"),
    "select and text": _repeat(b"<select><title></select></title>"),
    "noscript": _repeat(b"<noscript>"),
    "noscript of two readings": _repeat(b"<noscript><style></noscript></style>"),
    "noscript of comments": _repeat(b"<noscript><!--</noscript>-->"),
    "framesets": _repeat(b"<frameset><style>"),
    "templates": _repeat(b"<template>"),
    "formatting elements": _repeat(b"<b>", b"<svg><desc>"),
    "formatting elements, different": lambda size: (
        b"<svg><desc>" + b"".join(b"<b id=%d>" % n for n in range(size // 12))
    ),
    "formatting elements opened again": _repeat(b"<p>x", b"<svg><desc><b><i><u><a>"),
    "formatting elements misnested": _repeat(b"<b><div></b>", b"<svg><desc>"),
    "blocks in formatting elements": _repeat(b"</b>", b"<svg><desc><b>" + b"<div>" * 10_000),
    "deep elements": _repeat(b"<div>", b"<svg><desc>"),
    "deep elements and lists": _repeat(b"<li></li>", b"<svg><desc>" + b"<div>" * 10_000),
    "deep elements and unknown end tags": _repeat(b"</x>", b"<svg><desc>" + b"<i>" * 10_000),
    "deep elements and selects": _repeat(b"<select><b></select>", b"<svg><desc>" + b"<i>" * 10_000),
    "tables in svg": _repeat(b"<table><td>", b"<svg><desc>"),
    "tables out of which all is moved": _repeat(b"<table><b>x", b"<svg><desc>"),
    "one table out of which all is moved": _repeat(b"<b>x</b><p>y</p>", b"<svg><desc><table>"),
    "cells": _repeat(b"<tr><td>x", b"<svg><desc><table>"),
    "tables in cells, closed": _repeat(b"<table><td>x</td></table>", b"<svg><desc><table><td>"),
    "links in links": _repeat(b"<a>x<div>", b"<svg><desc>"),
    "links in tables": _repeat(b"<table><a>x<td></a>", b"<svg><desc>"),
    "bases out of tables": _repeat(b"<table><base href=/x/>"),
    "bases of two readings": lambda size: b"".join(
        b"<noscript><base href=//h%d.example></noscript>" % n for n in range(size // 50)
    ),
    "selects in tables": _repeat(b"<table><select><tr></select><td>", b"<svg><desc>"),
    "options": _repeat(b"<option>x", b"<select><div>"),
    "islets": _repeat(b"<svg><g><path d=x /><use href=#x /></g></svg>"),
    "one islet": _repeat(b"<g><path d=x /></g>", b"<svg>"),
    "a deep islet": _repeat(b"<path d=x></path>", b"<svg>" + b"<g>" * 10_000),
    "islets with HTML": _repeat(b"<svg><desc><p>x</desc></svg>"),
    "tagged containers that all is moved out of": _repeat(
        b"<b><x data-consent=status><p>x</b></p></x>", b"<svg><desc>"
    ),
    "denied images in front of framesets": _repeat(
        b"<img src=" + DENIED + b"><frameset>", b"<svg></svg>"
    ),
    "a style sheet in svg, in pieces": _repeat(b"a<![CDATA[b]]><t>c</t>", b"<svg><style>"),
    "style sheets in svg, never closed": _repeat(b"<svg><style>a<p>"),
    "style sheets in svg": _repeat(b"<style>a<!----></style>", b"<svg>"),
    "style sheets in style sheets": _repeat(b"<style>", b"<svg>"),
    "a style sheet of comments": _repeat(b"a<!---->", b"<svg><style>"),
    "svg left again and again": _repeat(b"<p>x<svg></x></svg>"),
    "a page behind more than is kept": lambda size: (
        b"<p>word" * (size // 14) + b"<svg></x><desc><p></desc>" * (size // 50)
    ),
    "tagged containers": _repeat(b"<div data-consent=advertising>"),
    "tagged containers, closed": _repeat(b"<div data-consent=advertising></div>"),
    "denied images": _repeat(b"<img src=" + DENIED + b">"),
    "denied scripts": _repeat(b"<script src=" + DENIED + b"></script>"),
    "denied scripts without end": _repeat(b"<script src=" + DENIED + b">"),
    "denied videos": _repeat(b"<video src=" + DENIED + b">"),
    "different hosts": lambda size: b"".join(
        b"<img src=//h%d.example/%d>" % (n, n) for n in range(size // 30)
    ),
    "different tags": lambda size: b"".join(
        b"<img alt=%d src=/%d>" % (n, n) for n in range(size // 26)
    ),
    "bases": _repeat(b"<base href=/x/>"),
}
