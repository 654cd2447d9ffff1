"""ctypes.Structure and Union: what the segment says of their fields."""

import ctypes
import unittest

import shmlens

import support


class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_double), ("y", ctypes.c_double)]


class Named(Point):
    _fields_ = [("name", ctypes.c_char * 8), ("unit", ctypes.c_int)]


class Awkward(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("entry", "commit", "get_obj", "get_lock")]


class Flags(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_uint, 3), ("level", ctypes.c_int, 5),
                ("rest", ctypes.c_uint, 24)]


class Either(ctypes.Union):
    _fields_ = [("whole", ctypes.c_uint32), ("bytes", ctypes.c_ubyte * 4)]


class Packed(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("a", ctypes.c_char), ("b", ctypes.c_longlong)]


class Big(ctypes.BigEndianStructure):
    _fields_ = [("short", ctypes.c_uint16), ("long", ctypes.c_int32), ("byte", ctypes.c_ubyte)]


class Deep(ctypes.Structure):
    _anonymous_ = ["either"]
    _fields_ = [("position", Point), ("corners", Point * 2), ("flags", Flags),
                ("either", Either), ("grid", ctypes.c_short * 3 * 2),
                ("pointer", ctypes.c_void_p), ("real", ctypes.c_longdouble)]


class Structures(support.TestCase):
    def fields(self, type_):
        value = shmlens.Value(type_)
        self.addCleanup(lambda: value)  # what is described is the handle's memory
        info = value.entry._info
        return {field.name.decode(): field for field in info.fields[:info.field_count]}

    def test_fields_are_laid_flat(self):
        fields = self.fields(Deep)
        self.assertEqual(list(fields), [
            "position.x", "position.y", "corners[0].x", "corners[0].y", "corners[1].x",
            "corners[1].y", "flags.kind", "flags.level", "flags.rest", "either.whole",
            "either.bytes", "grid", "pointer", "real"])
        self.assertEqual(fields["corners[1].y"].offset, Deep.corners.offset + 24)
        grid = fields["grid"]
        self.assertEqual((grid.code, grid.dimensions, grid.shape[:2]), (b"h", 2, [2, 3]))
        self.assertEqual(fields["pointer"].code, b"Q")
        self.assertEqual((fields["real"].code, fields["real"].shape[0]),
                         (b"B", ctypes.sizeof(ctypes.c_longdouble)))
        self.assertEqual(fields["either.whole"].offset, fields["either.bytes"].offset)

    def test_bit_fields_swapped_and_packed_ones_are_described(self):
        fields = self.fields(Flags)
        self.assertEqual([(field.bit_offset, field.bit_width) for field in fields.values()],
                         [(0, 3), (3, 5), (8, 24)])
        fields = self.fields(Big)
        self.assertEqual([field.swapped for field in fields.values()], [True, True, False])
        self.assertEqual(self.fields(Packed)["b"].offset, 1)

    def test_a_base_class_comes_first(self):
        self.assertEqual(list(self.fields(Named)), ["x", "y", "name", "unit"])

    def test_fields_are_attributes_even_when_called_like_ours(self):
        named = shmlens.Value(Named, 1, 2, b"abc", 4)
        self.assertEqual((named.name, named.unit), (b"abc", 4))
        named.unit += 1
        named.name = b"xyz"
        self.assertEqual((named.get_obj().unit, named.get_obj().name), (5, b"xyz"))
        self.assertEqual((named.entry.name, named.entry.writes), ("named", 2))

    def test_fields_may_be_called_like_our_methods(self):
        awkward = shmlens.Value(Awkward, 1, 2, 3, 4)
        awkward.commit += 1
        awkward.entry = 7
        self.assertEqual((awkward.entry, awkward.commit, awkward.get_obj, awkward.get_lock),
                         (7, 3, 3, 4))
        self.assertEqual(shmlens.entry_of(awkward).writes, 2)
        with shmlens.Value("i", lock=awkward).get_lock():
            pass

    def test_another_program_sees_the_same_without_the_class(self):
        segment = shmlens.Segment(self.segment_name())
        mine = shmlens.Value(Deep, name="deep", segment=segment)
        obj = mine.get_obj()
        obj.position.x = 1.5
        obj.corners[1].y = -2
        obj.flags.kind = 5
        obj.flags.level = -3
        obj.flags.rest = 0xabcdef
        obj.whole = 0x01020304
        obj.grid[1][2] = 7
        seen = segment["deep"]
        self.assertEqual(seen.position.x, 1.5)
        self.assertEqual(getattr(getattr(seen.get_obj(), "corners[1]"), "y"), -2)
        self.assertEqual((seen.flags.kind, seen.flags.level, seen.flags.rest),
                         (5, -3, 0xabcdef))
        self.assertEqual((seen.either.whole, list(seen.either.bytes)),
                         (0x01020304, [4, 3, 2, 1]))
        self.assertEqual([list(row) for row in seen.grid], [[0, 0, 0], [0, 0, 7]])
        seen.flags.level = 4
        seen.position.y = 9
        self.assertEqual((obj.flags.kind, obj.flags.level, obj.flags.rest, obj.position.y),
                         (5, 4, 0xabcdef, 9))

    def test_the_other_byte_order_is_read_right(self):
        segment = shmlens.Segment(self.segment_name())
        mine = shmlens.Value(Big, 0x0102, -3, 4, name="big", segment=segment)
        seen = segment["big"]
        self.assertEqual((seen.short, seen.long, seen.byte), (0x0102, -3, 4))
        seen.long = 77
        self.assertEqual(mine.long, 77)
        swapped = shmlens.Value(ctypes.c_int.__ctype_be__, 0x0102, name="n", segment=segment)
        self.assertEqual((swapped.value, segment["n"].value), (0x0102, 0x0102))

    def test_arrays_of_structures(self):
        segment = shmlens.Segment(self.segment_name())
        shmlens.Array(Point, [(1, 2), (3, 4)], name="points", segment=segment)
        seen = segment["points"]
        self.assertEqual([(point.x, point.y) for point in seen], [(1, 2), (3, 4)])
        self.assertEqual(seen.entry.shape, (2,))

    def test_labels_belong_to_fields(self):
        flags = shmlens.Value(Flags, labels={"kind": {0: "none", 1: "some"}})
        self.assertEqual(flags.entry.labels, {"kind": {0: "none", 1: "some"}})
        with self.assertRaisesRegex(ValueError, "no field 'colour'"):
            shmlens.Value(Flags, labels={"colour": {0: "red"}})
        with self.assertRaisesRegex(ValueError, "range"):
            shmlens.Value(Flags, range=(0, 1))

    def test_a_structure_of_very_many_fields_is_bytes(self):
        many = type("Many", (ctypes.Structure,),
                    {"_fields_": [("points", Point * 1000)]})
        self.assertEqual(list(self.fields(many)), ["bytes"])


if __name__ == "__main__":
    unittest.main()
