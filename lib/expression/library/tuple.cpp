// SPDX-License-Identifier: Apache-2.0
// Tuples: the class Tuple, and ValueTuple, which is what `(a, b)` makes. What the language itself does with the latter
// (names of items, assignment to one, taking apart) is in checker_tuples.cpp.
#include "expression/objects.hpp"

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"Tuple", "System.Tuple", TypeKind::static_class},
    {"ValueTuple", "System.ValueTuple", TypeKind::static_class},
    {"Tuple<A>", "System.Tuple`1"},
    {"Tuple<A,B>", "System.Tuple`2"},
    {"Tuple<A,B,C>", "System.Tuple`3"},
    {"Tuple<A,B,C,D>", "System.Tuple`4"},
    {"Tuple<A,B,C,D,E>", "System.Tuple`5"},
    {"Tuple<A,B,C,D,E,F>", "System.Tuple`6"},
    {"Tuple<A,B,C,D,E,F,G>", "System.Tuple`7"},
    {"ValueTuple<A,B>", "System.ValueTuple`2", TypeKind::value},
    {"ValueTuple<A,B,C>", "System.ValueTuple`3", TypeKind::value},
    {"ValueTuple<A,B,C,D>", "System.ValueTuple`4", TypeKind::value},
    {"ValueTuple<A,B,C,D,E>", "System.ValueTuple`5", TypeKind::value},
    {"ValueTuple<A,B,C,D,E,F>", "System.ValueTuple`6", TypeKind::value},
    {"ValueTuple<A,B,C,D,E,F,G>", "System.ValueTuple`7", TypeKind::value},
};

Value tuple_new(Call& call) { return make_fields(call.run, call.result(), call.arguments, call.count); }
template <std::uint32_t number>
Value tuple_item(Call& call) {
  return call.object<FieldsObject>(0).fields[number];
}

constexpr MemberRow members[] = {
    {"static Tuple", "Create", "(A item1)", "Tuple<A>", tuple_new},
    {"static Tuple", "Create", "(A item1, B item2)", "Tuple<A,B>", tuple_new},
    {"static Tuple", "Create", "(A item1, B item2, C item3)", "Tuple<A,B,C>", tuple_new},
    {"static Tuple", "Create", "(A item1, B item2, C item3, D item4)", "Tuple<A,B,C,D>", tuple_new},
    {"static Tuple", "Create", "(A item1, B item2, C item3, D item4, E item5)", "Tuple<A,B,C,D,E>", tuple_new},
    {"static Tuple", "Create", "(A item1, B item2, C item3, D item4, E item5, F item6)", "Tuple<A,B,C,D,E,F>",
     tuple_new},
    {"static Tuple", "Create", "(A item1, B item2, C item3, D item4, E item5, F item6, G item7)",
     "Tuple<A,B,C,D,E,F,G>", tuple_new},
    {"Tuple<A>", "new", "(A item1)", "", tuple_new},
    {"Tuple<A,B>", "new", "(A item1, B item2)", "", tuple_new},
    {"Tuple<A,B,C>", "new", "(A item1, B item2, C item3)", "", tuple_new},
    {"Tuple<A,B,C,D>", "new", "(A item1, B item2, C item3, D item4)", "", tuple_new},
    {"Tuple<A,B,C,D,E>", "new", "(A item1, B item2, C item3, D item4, E item5)", "", tuple_new},
    {"Tuple<A,B,C,D,E,F>", "new", "(A item1, B item2, C item3, D item4, E item5, F item6)", "", tuple_new},
    {"Tuple<A,B,C,D,E,F,G>", "new", "(A item1, B item2, C item3, D item4, E item5, F item6, G item7)", "", tuple_new},
    {"Tuple<A>", "Item1", "", "A", tuple_item<0>},
    {"Tuple<A,B>", "Item1", "", "A", tuple_item<0>},
    {"Tuple<A,B>", "Item2", "", "B", tuple_item<1>},
    {"Tuple<A,B,C>", "Item1", "", "A", tuple_item<0>},
    {"Tuple<A,B,C>", "Item2", "", "B", tuple_item<1>},
    {"Tuple<A,B,C>", "Item3", "", "C", tuple_item<2>},
    {"Tuple<A,B,C,D>", "Item1", "", "A", tuple_item<0>},
    {"Tuple<A,B,C,D>", "Item2", "", "B", tuple_item<1>},
    {"Tuple<A,B,C,D>", "Item3", "", "C", tuple_item<2>},
    {"Tuple<A,B,C,D>", "Item4", "", "D", tuple_item<3>},
    {"Tuple<A,B,C,D,E>", "Item1", "", "A", tuple_item<0>},
    {"Tuple<A,B,C,D,E>", "Item2", "", "B", tuple_item<1>},
    {"Tuple<A,B,C,D,E>", "Item3", "", "C", tuple_item<2>},
    {"Tuple<A,B,C,D,E>", "Item4", "", "D", tuple_item<3>},
    {"Tuple<A,B,C,D,E>", "Item5", "", "E", tuple_item<4>},
    {"Tuple<A,B,C,D,E,F>", "Item1", "", "A", tuple_item<0>},
    {"Tuple<A,B,C,D,E,F>", "Item2", "", "B", tuple_item<1>},
    {"Tuple<A,B,C,D,E,F>", "Item3", "", "C", tuple_item<2>},
    {"Tuple<A,B,C,D,E,F>", "Item4", "", "D", tuple_item<3>},
    {"Tuple<A,B,C,D,E,F>", "Item5", "", "E", tuple_item<4>},
    {"Tuple<A,B,C,D,E,F>", "Item6", "", "F", tuple_item<5>},
    {"Tuple<A,B,C,D,E,F,G>", "Item1", "", "A", tuple_item<0>},
    {"Tuple<A,B,C,D,E,F,G>", "Item2", "", "B", tuple_item<1>},
    {"Tuple<A,B,C,D,E,F,G>", "Item3", "", "C", tuple_item<2>},
    {"Tuple<A,B,C,D,E,F,G>", "Item4", "", "D", tuple_item<3>},
    {"Tuple<A,B,C,D,E,F,G>", "Item5", "", "E", tuple_item<4>},
    {"Tuple<A,B,C,D,E,F,G>", "Item6", "", "F", tuple_item<5>},
    {"Tuple<A,B,C,D,E,F,G>", "Item7", "", "G", tuple_item<6>},
    {"static ValueTuple", "Create", "(A item1, B item2)", "ValueTuple<A,B>", tuple_new},
    {"static ValueTuple", "Create", "(A item1, B item2, C item3)", "ValueTuple<A,B,C>", tuple_new},
    {"static ValueTuple", "Create", "(A item1, B item2, C item3, D item4)", "ValueTuple<A,B,C,D>", tuple_new},
    {"static ValueTuple", "Create", "(A item1, B item2, C item3, D item4, E item5)", "ValueTuple<A,B,C,D,E>",
     tuple_new},
    {"static ValueTuple", "Create", "(A item1, B item2, C item3, D item4, E item5, F item6)", "ValueTuple<A,B,C,D,E,F>",
     tuple_new},
    {"static ValueTuple", "Create", "(A item1, B item2, C item3, D item4, E item5, F item6, G item7)",
     "ValueTuple<A,B,C,D,E,F,G>", tuple_new},
    {"ValueTuple<A,B>", "new", "(A item1, B item2)", "", tuple_new},
    {"ValueTuple<A,B,C>", "new", "(A item1, B item2, C item3)", "", tuple_new},
    {"ValueTuple<A,B,C,D>", "new", "(A item1, B item2, C item3, D item4)", "", tuple_new},
    {"ValueTuple<A,B,C,D,E>", "new", "(A item1, B item2, C item3, D item4, E item5)", "", tuple_new},
    {"ValueTuple<A,B,C,D,E,F>", "new", "(A item1, B item2, C item3, D item4, E item5, F item6)", "", tuple_new},
    {"ValueTuple<A,B,C,D,E,F,G>", "new", "(A item1, B item2, C item3, D item4, E item5, F item6, G item7)", "",
     tuple_new},
    {"ValueTuple<A,B>", "Item1", "", "A", tuple_item<0>},
    {"ValueTuple<A,B>", "Item2", "", "B", tuple_item<1>},
    {"ValueTuple<A,B,C>", "Item1", "", "A", tuple_item<0>},
    {"ValueTuple<A,B,C>", "Item2", "", "B", tuple_item<1>},
    {"ValueTuple<A,B,C>", "Item3", "", "C", tuple_item<2>},
    {"ValueTuple<A,B,C,D>", "Item1", "", "A", tuple_item<0>},
    {"ValueTuple<A,B,C,D>", "Item2", "", "B", tuple_item<1>},
    {"ValueTuple<A,B,C,D>", "Item3", "", "C", tuple_item<2>},
    {"ValueTuple<A,B,C,D>", "Item4", "", "D", tuple_item<3>},
    {"ValueTuple<A,B,C,D,E>", "Item1", "", "A", tuple_item<0>},
    {"ValueTuple<A,B,C,D,E>", "Item2", "", "B", tuple_item<1>},
    {"ValueTuple<A,B,C,D,E>", "Item3", "", "C", tuple_item<2>},
    {"ValueTuple<A,B,C,D,E>", "Item4", "", "D", tuple_item<3>},
    {"ValueTuple<A,B,C,D,E>", "Item5", "", "E", tuple_item<4>},
    {"ValueTuple<A,B,C,D,E,F>", "Item1", "", "A", tuple_item<0>},
    {"ValueTuple<A,B,C,D,E,F>", "Item2", "", "B", tuple_item<1>},
    {"ValueTuple<A,B,C,D,E,F>", "Item3", "", "C", tuple_item<2>},
    {"ValueTuple<A,B,C,D,E,F>", "Item4", "", "D", tuple_item<3>},
    {"ValueTuple<A,B,C,D,E,F>", "Item5", "", "E", tuple_item<4>},
    {"ValueTuple<A,B,C,D,E,F>", "Item6", "", "F", tuple_item<5>},
    {"ValueTuple<A,B,C,D,E,F,G>", "Item1", "", "A", tuple_item<0>},
    {"ValueTuple<A,B,C,D,E,F,G>", "Item2", "", "B", tuple_item<1>},
    {"ValueTuple<A,B,C,D,E,F,G>", "Item3", "", "C", tuple_item<2>},
    {"ValueTuple<A,B,C,D,E,F,G>", "Item4", "", "D", tuple_item<3>},
    {"ValueTuple<A,B,C,D,E,F,G>", "Item5", "", "E", tuple_item<4>},
    {"ValueTuple<A,B,C,D,E,F,G>", "Item6", "", "F", tuple_item<5>},
    {"ValueTuple<A,B,C,D,E,F,G>", "Item7", "", "G", tuple_item<6>},
};

}  // namespace

extern const Family tuple_family{"tuple", "Tuples.", "System.Tuple", types, {}, members};

}  // namespace sluice::expression
