// SPDX-License-Identifier: Apache-2.0
// Bytes as a token, as an encrypted one, and as a key set: nothing crashes, and nothing is believed that was not made
// with the key.
#include "base/jwe.hpp"
#include "base/jwk.hpp"
#include "base/token_check.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace sluice;

namespace {

/// Whoever is asked has no keys.
struct NoProviders final : OpenIdKeys {
  Task<OpenIdResult> configuration(std::string_view, std::string_view, Cancellation&) override {
    return OpenIdResult(fail(ErrorCode::access_token_unavailable));
  }
};

void check(std::string_view token) {
  static const std::vector<VerificationKey> keys{{"a", secret_key("a secret that the fuzzer does not have......"), {}}};
  static const std::vector<DecryptionKey> opening{{"d", secret_key(std::string(32, 'd'))}};
  static const std::string_view texts[] = {"x"};
  static const ClaimRule claims[] = {{"scp", true, " ", texts}, {"roles", false, {}, texts}, {"oid", false, {}, {}}};
  NoProviders providers;
  Arena arena;
  Cancellation cancellation;
  TokenRules rules{keys, opening, {}, {}, {}, claims, {WallTime(std::chrono::seconds(1)), {}, false}, true};
  const auto believed = wait(check_token(token, rules, providers, IdentityLimits{}, arena, cancellation));
  if (believed) std::abort();
  // Without a signature the rules of the payload are what is left.
  rules.requires_signature = false;
  (void)wait(check_token(token, rules, providers, IdentityLimits{}, arena, cancellation));
  const auto taken_apart = parse_jwt(token, arena, IdentityLimits{}.token_bytes);
  if (!taken_apart) return;
  (void)check_times(*taken_apart->payload, {WallTime(std::chrono::seconds(1)), {}, true});
  (void)check_audience(*taken_apart->payload, texts);
  for (const JsonMember& member : taken_apart->payload->members) (void)claim_texts(member.value, arena);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text);
  (void)read_jwk_set(text);
  return 0;
}
