# SPDX-License-Identifier: GPL-2.0-only
"""The spec in memory: record types with their fields, for generate."""

import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPEC = ROOT / "module/spec/kmemscope.yaml"
READER = ROOT / "module/spec/reader.yaml"

TYPES = {"u32": "U32", "u64": "U64", "s64": "S64", "string": "STRING"}

# The unit of a number is told by its name; the first match counts.
UNITS = [
    (r"_bytes$", "BYTES"),
    (r"_pages$", "PAGES"),
    (r"_ns$", "NS"),
    (r"_permille$", "PERMILLE"),
    (r"_index$", "INDEX"),
    (r"", "NONE"),
]


class SpecError(Exception):
    """What is wrong with the spec, and where."""

    path = SPEC


class ReaderError(SpecError):
    """The same for reader.yaml."""

    path = READER


def c_name(name):
    """Turn a name of the spec into a C identifier."""
    return name.replace("-", "_")


def upper(name):
    """Turn a name of the spec into a C constant's name."""
    return c_name(name).upper()


def one_line(doc):
    """Fold a doc text into one line."""
    return " ".join(doc.split())


def first_sentence(doc):
    """Return what precedes the first full stop that ends a sentence."""
    return re.split(r"\.(?:\s|$)", one_line(doc), maxsplit=1)[0]


def wrap(text, first, rest, width=80):
    """Break text into lines of at most width columns."""
    lines, line = [], first
    for word in one_line(text).split(" "):
        if len(line) + 1 + len(word) > width and line != rest:
            lines.append(line.rstrip())
            line = rest
        line += word if line.endswith((" ", "\t")) else " " + word
    return lines + [line.rstrip()]


class Field:
    """An attribute of the spec, a member of the record."""

    def __init__(self, set_name, yaml_attr, keys):
        self.attr = f"KMEMSCOPE_A_{upper(set_name)}_{upper(yaml_attr['name'])}"
        self.name = c_name(yaml_attr["name"])
        where = f"{set_name}.{yaml_attr['name']}"
        if yaml_attr["type"] not in TYPES:
            raise SpecError(f"{where}: type {yaml_attr['type']} is none of "
                            + ", ".join(TYPES))
        if "doc" not in yaml_attr:
            raise SpecError(f"{where}: has no doc")
        self.type = yaml_attr["type"]
        self.doc = yaml_attr["doc"]
        self.key = yaml_attr["name"] in keys
        self.max = yaml_attr.get("checks", {}).get("max")

    @property
    def unit(self):
        """The unit that the name tells."""
        if self.type == "string":
            return "NONE"
        return next(u for pattern, u in UNITS if re.search(pattern, self.name))

    @property
    def column(self):
        """Its name in the reader, which prints permille as percent."""
        return re.sub("_permille$", "_percent", self.name)

    @property
    def help(self):
        """Its help in the reader, whose column's name has the unit."""
        return re.sub(", out of 1000$", "", first_sentence(self.doc))


class OwnColumn(Field):
    """A column of reader.yaml, which the module does not know."""

    def __init__(self, set_name, yaml_attr):
        super().__init__(set_name, yaml_attr, keys=[])
        self.attr = "0"


class Listing:
    """How the reader lists a record type by default."""

    MEMBERS = {"rows", "columns", "sort", "changes", "sort-changes", "by-job",
               "own", "flags"}

    def __init__(self, kind, tree):
        unknown = tree.keys() - self.MEMBERS
        if unknown:
            raise ReaderError(f"{kind.spec_name}: unknown {', '.join(unknown)}")
        self.kind = kind
        self.tree = tree
        self.own = [OwnColumn(kind.spec_name, a) for a in tree.get("own", [])]
        self.columns = kind.fields + self.own
        self.flags = tree.get("flags", {})

    def names(self, tree, key):
        """The reader's names of the columns that a list of the tree has."""
        return [self.name(name) for name in tree.get(key, [])]

    def name(self, name):
        """The reader's name of one column."""
        for column in self.columns:
            if column.name == c_name(name):
                return column.column
        raise ReaderError(f"{self.kind.spec_name} has no {name}")


class Option:
    """A flag of the spec, or its job: what a request alone may carry."""

    def __init__(self, set_name, yaml_attr, type_name="flag"):
        self.attr = f"KMEMSCOPE_A_{upper(set_name)}_{upper(yaml_attr['name'])}"
        self.name = c_name(yaml_attr["name"])
        self.bit = f"KS_{upper(set_name)}_{upper(yaml_attr['name'])}"
        if "doc" not in yaml_attr:
            raise SpecError(f"{set_name}.{yaml_attr['name']}: has no doc")
        self.doc = yaml_attr["doc"]
        if yaml_attr["type"] != type_name:
            raise SpecError(f"{set_name}.{yaml_attr['name']}: its type is not "
                            + type_name)
        self.type = type_name


class Kind:
    """An attribute set of the spec, a record type."""

    def __init__(self, yaml_set, operations):
        self.spec_name = yaml_set["name"]
        self.name = c_name(self.spec_name)
        self.doc = yaml_set["doc"]
        mine = [o for o in operations if o["attribute-set"] == self.spec_name]
        get = f"{self.spec_name}-get"
        if get not in [o["name"] for o in mine]:
            raise SpecError(f"{self.spec_name}: no operation {get}")
        self.cmd = f"KMEMSCOPE_CMD_{upper(get)}"
        self.options = [Option(self.spec_name, a)
                        for a in yaml_set["attributes"] if a["type"] == "flag"]
        flags = [o.name for o in self.options]
        self.job = self._job(yaml_set)
        self.keys = [a for a in self._asked(mine, "dump")
                     if c_name(a) not in flags + ["job"]]
        asked = self.keys + [a for a in self._asked(mine, "do")
                             if c_name(a) not in flags]
        if yaml_set["attributes"][0] != {"name": "pad", "type": "pad"}:
            raise SpecError(f"{self.spec_name}: the first attribute is not pad")
        self.pad = f"KMEMSCOPE_A_{upper(self.spec_name)}_PAD"
        self.max = f"KMEMSCOPE_A_{upper(self.spec_name)}_MAX"
        self.fields = [Field(self.spec_name, a, self.keys)
                       for a in yaml_set["attributes"][1:]
                       if a["type"] != "flag" and a["name"] != "job"]
        self.attributes = self._in_order(yaml_set["attributes"][1:])
        names = [f.name for f in self.fields]
        for name in asked:
            if c_name(name) not in names:
                raise SpecError(f"{self.spec_name}: requests name {name}, "
                                "which is no attribute of it")
        self.asked = [f for f in self.fields
                      if f.name in [c_name(a) for a in asked]]

    @property
    def has_policy(self):
        """Whether its requests may carry anything."""
        return bool(self.asked or self.options or self.job)

    def in_c_names(self, text):
        """Write the fields that a text names the way users see them."""
        for field in self.fields:
            text = re.sub(rf"\b{field.name.replace('_', '-')}\b", field.name,
                          text)
        return text

    def _job(self, yaml_set):
        """The attribute that asks for a job's answer, if there is one."""
        for attr in yaml_set["attributes"]:
            if attr["name"] == "job":
                return Option(self.spec_name, attr, "u32")
        return None

    def _in_order(self, yaml_attrs):
        """Fields and options as the spec has them, which numbers them."""
        by_name = {a.name: a for a in self.fields + self.options
                   + ([self.job] if self.job else [])}
        return [by_name[c_name(a["name"])] for a in yaml_attrs]

    @staticmethod
    def _asked(operations, mode):
        """Collect the attributes that requests of one mode may carry."""
        requests = [o.get(mode, {}).get("request", {}) for o in operations]
        return [a for r in requests for a in r.get("attributes", [])]


class Spec:
    """The whole of kmemscope.yaml."""

    def __init__(self, path):
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.name = tree["name"]
        self.doc = tree["doc"]
        self.constants = tree["definitions"]
        self.operations = tree["operations"]["list"]
        self.kinds = [Kind(s, self.operations) for s in tree["attribute-sets"]]
        trees = yaml.safe_load(READER.read_text(encoding="utf-8"))
        for kind in self.kinds:
            kind.listing = Listing(kind, trees.pop(kind.spec_name, {}))
        if trees:
            raise ReaderError(f"the spec has no {', '.join(trees)}")


def modes_of(operation):
    """How an operation can be requested."""
    return [m for m in ("do", "dump") if m in operation]
