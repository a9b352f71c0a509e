// SPDX-License-Identifier: Apache-2.0
// System.Random. With a seed its numbers are .NET's: Knuth's subtractive generator (The Art of Computer Programming,
// volume 2, 3.2.2) with .NET's own table of lags. Without one they are the gateway's.
#include "expression/objects.hpp"

#include <limits>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"Random", "System.Random"},
};

constexpr std::int32_t largest = std::numeric_limits<std::int32_t>::max();

struct RandomObject : Object {
  bool seeded;
  std::int32_t next, other;
  std::int32_t table[56];
};

std::int32_t wrapped_difference(std::int32_t left, std::int32_t right) {
  const auto difference =
      static_cast<std::int32_t>(static_cast<std::uint32_t>(left) - static_cast<std::uint32_t>(right));
  return difference < 0 ? difference + largest : difference;
}

void seed(RandomObject& to, std::int32_t given) {
  constexpr std::int32_t golden = 161'803'398;
  const std::int32_t magnitude = given == std::numeric_limits<std::int32_t>::min() ? largest
                                 : given < 0                                       ? -given
                                                                                   : given;
  std::int32_t last = golden - magnitude;
  std::int32_t following = 1;
  to.table[55] = last;
  for (int i = 1; i < 55; ++i) {
    const int place = 21 * i % 55;
    to.table[place] = following;
    following = wrapped_difference(last, following);
    last = to.table[place];
  }
  for (int round = 1; round < 5; ++round) {
    for (int i = 1; i < 56; ++i) to.table[i] = wrapped_difference(to.table[i], to.table[1 + (i + 30) % 55]);
  }
  to.seeded = true;
  to.next = 0;
  to.other = 21;
}

/// [0, largest)
std::int32_t sample(Call& call, RandomObject& from) {
  if (!from.seeded) return static_cast<std::int32_t>(call.run.context->services.random.below(largest));
  from.next = from.next >= 55 ? 1 : from.next + 1;
  from.other = from.other >= 55 ? 1 : from.other + 1;
  std::int32_t number = wrapped_difference(from.table[from.next], from.table[from.other]);
  if (number == largest) --number;
  return from.table[from.next] = number;
}
double unit_sample(Call& call, RandomObject& from) { return sample(call, from) * (1.0 / largest); }

RandomObject& self(Call& call) { return call.object<RandomObject>(0); }

Value random_new(Call& call) {
  auto* made = call.run.make<RandomObject>();
  if (made == nullptr) return {};
  made->type = call.result();
  if (call.count > 0) seed(*made, static_cast<std::int32_t>(call.integer(0)));
  return Value::object(made);
}
Value next(Call& call) {
  if (call.count == 1) return Value::int32(sample(call, self(call)));
  const std::int64_t low = call.count == 3 ? call.integer(1) : 0, high = call.integer(call.count - 1u);
  if (high < low)
    return call.raise(Fault::argument_out_of_range,
                      call.count == 2 ? "'maxValue' must be greater than zero. (Parameter 'maxValue')"
                                      : "'minValue' cannot be greater than maxValue. (Parameter 'minValue')");
  double unit = 0;
  if (high - low <= largest) {
    unit = unit_sample(call, self(call));
  } else {
    // A wider range needs more than the 31 bits of one sample.
    std::int32_t number = sample(call, self(call));
    if (sample(call, self(call)) % 2 == 0) number = -number;
    unit = (static_cast<double>(number) + (largest - 1)) / (2.0 * static_cast<std::uint32_t>(largest) - 1);
  }
  return Value::int32(
      static_cast<std::int32_t>(static_cast<std::int64_t>(unit * static_cast<double>(high - low)) + low));
}
Value next_double(Call& call) { return Value::float64(unit_sample(call, self(call))); }
Value next_bytes(Call& call) {
  if (call.is_null(1)) return call.null_argument("buffer");
  auto& bytes = call.object<BytesObject>(1);
  for (std::uint32_t i = 0; i < bytes.count; ++i) bytes.data[i] = static_cast<std::uint8_t>(sample(call, self(call)));
  call.run.charge(bytes.count / 8);
  return {};
}

constexpr Trait changes = Trait::impure;
constexpr MemberRow members[] = {
    {"Random", "new", "()", "Random", random_new, "Numbers that nobody can foretell.", changes},
    {"Random", "new", "(int seed)", "Random", random_new, "The numbers that .NET gives for the seed.", changes,
     "new Random(42).Next(100)"},
    {"Random", "Next", "()", "int", next, "Not negative.", changes},
    {"Random", "Next", "(int maxValue)", "int", next, "From 0 up to, not including, `maxValue`.", changes},
    {"Random", "Next", "(int minValue, int maxValue)", "int", next, "From `minValue` up to, not including, `maxValue`.",
     changes},
    {"Random", "NextDouble", "()", "double", next_double, "From 0 up to, not including, 1.", changes},
    {"Random", "NextBytes", "(byte[] buffer)", "void", next_bytes, "Fills the buffer.", changes},
};

}  // namespace

extern const Family random_family{"random", "Random numbers.", "System.Random", types, {}, members};

}  // namespace sluice::expression
