// SPDX-License-Identifier: Apache-2.0
// A program that links the core alone: a policy of the catalogue must be there and work (built-in policies of a static
// library are easily lost when nothing names them).
#include <sluice/gateway.hpp>
#include <sluice/version.hpp>

#include <iostream>

int main() {
  sluice::Gateway gateway({});
  sluice::Api api{.id = "hello", .path = "hello", .subscription_required = false};
  api.operations.push_back({.id = "get", .method = "GET", .url_template = "/"});
  api.policy = sluice::PolicySource{
      "<policies><inbound><return-response><set-status code=\"218\" />"
      "<set-body>@(\"by \" + context.Api.Id)</set-body></return-response></inbound></policies>",
      "hello.xml"};
  for (const auto& finding : gateway.load({.apis = {api}})) std::cerr << render_text(finding);
  sluice::Request request;
  if (!request.set_url("https://gateway.example/hello/")) return 1;
  const sluice::Response response = gateway.handle_and_wait(request);
  std::cout << SLUICE_VERSION << ' ' << response.status << ' ' << response.body.data() << '\n';
  return response.status == 218 && response.body.data() == "by hello" ? 0 : 1;
}
