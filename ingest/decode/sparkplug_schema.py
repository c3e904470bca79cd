"""Sparkplug B's protobuf messages, described field by field from the specification's table (version 3.0, section 6.4).

Nothing is generated: the library google.protobuf makes the classes from the description below when this is imported.
Data sets, templates and metadata are left out, so the library passes over them as fields that it does not know.
Texts are declared as bytes, which the wire cannot tell apart: so one bad text spoils its metric and not the message.
"""

from typing import Final

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

_PACKAGE: Final = "org.eclipse.tahu.protobuf"
_Type = FieldDescriptorProto
_MESSAGES: Final = {
    "PropertyValue": (
        ("type", 1, _Type.TYPE_UINT32),
        ("is_null", 2, _Type.TYPE_BOOL),
        ("string_value", 8, _Type.TYPE_BYTES),
    ),
    "PropertySet": (
        ("keys", 1, _Type.TYPE_BYTES),
        ("values", 2, "PropertyValue"),
    ),
    "Metric": (
        ("name", 1, _Type.TYPE_BYTES),
        ("alias", 2, _Type.TYPE_UINT64),
        ("timestamp", 3, _Type.TYPE_UINT64),
        ("datatype", 4, _Type.TYPE_UINT32),
        ("is_historical", 5, _Type.TYPE_BOOL),
        ("is_null", 7, _Type.TYPE_BOOL),
        ("properties", 9, "PropertySet"),
        ("int_value", 10, _Type.TYPE_UINT32),
        ("long_value", 11, _Type.TYPE_UINT64),
        ("float_value", 12, _Type.TYPE_FLOAT),
        ("double_value", 13, _Type.TYPE_DOUBLE),
        ("boolean_value", 14, _Type.TYPE_BOOL),
        ("string_value", 15, _Type.TYPE_BYTES),
    ),
    "Payload": (
        ("timestamp", 1, _Type.TYPE_UINT64),
        ("metrics", 2, "Metric"),
        ("seq", 3, _Type.TYPE_UINT64),
    ),
}
_REPEATED: Final = frozenset({"keys", "values", "metrics"})


def _described() -> FileDescriptorProto:
    file = FileDescriptorProto(name="sparkplug_b.proto", package=_PACKAGE, syntax="proto2")
    file.message_type.extend(_message(name, fields) for name, fields in _MESSAGES.items())
    return file


def _message(
    name: str, fields: tuple[tuple[str, int, "FieldDescriptorProto.Type.ValueType | str"], ...]
) -> DescriptorProto:
    message = DescriptorProto(name=name)
    for label, number, kind in fields:
        field = message.field.add(name=label, number=number)
        field.label = _Type.LABEL_REPEATED if label in _REPEATED else _Type.LABEL_OPTIONAL
        if isinstance(kind, str):
            field.type, field.type_name = _Type.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
        else:
            field.type = kind
    return message


def _payload() -> type[Message]:
    pool = DescriptorPool()
    pool.Add(_described())
    return GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Payload"))


#: The message of every Sparkplug B topic but STATE.
PAYLOAD: Final = _payload()
