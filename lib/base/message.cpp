// SPDX-License-Identifier: Apache-2.0
// Bodies, requests, reason phrases.
#include <sluice/message.hpp>

#include "base/url.hpp"

namespace sluice {

Body Body::bytes(std::string_view data) {
  Body body;
  body.kind_ = Kind::bytes;
  body.data_ = data;
  return body;
}

Body Body::stream(std::unique_ptr<BodyStream> stream, std::optional<std::uint64_t> length) {
  Body body;
  body.kind_ = Kind::stream;
  body.stream_ = std::move(stream);
  body.length_ = length;
  return body;
}

std::optional<std::uint64_t> Body::length() const {
  switch (kind_) {
    case Kind::none: return 0;
    case Kind::bytes: return data_.size();
    case Kind::stream: return length_;
  }
  return std::nullopt;
}

std::unique_ptr<BodyStream> Body::take_stream() {
  kind_ = Kind::none;
  ++version_;
  return std::move(stream_);
}

void Body::set_bytes(std::string_view data) {
  const std::uint32_t version = version_ + 1;
  *this = bytes(data);
  version_ = version;
}

void Body::clear() {
  const std::uint32_t version = version_ + 1;
  *this = Body();
  version_ = version;
}

Task<Result<void>> buffer_body(Body& body, Arena& arena, std::size_t limit_bytes, ErrorCode too_large) {
  if (!body.is_stream()) co_return Result<void>();
  const auto refuse = [&] {
    body.stream()->cancel();
    return Error(too_large, "The body has more than " + std::to_string(limit_bytes) + " bytes.");
  };
  if (body.length().value_or(0) > limit_bytes) co_return fail(refuse());
  // The arena cannot give memory back, so pieces grow in a buffer of doubling size; at most twice the body is lost.
  char* buffer = nullptr;
  std::size_t size = 0;
  std::size_t capacity = 0;
  for (;;) {
    BodyChunk chunk = co_await body.stream()->read();
    if (!chunk) co_return fail(std::move(chunk.error()));
    if (chunk->empty()) break;
    if (chunk->size() > limit_bytes - size) co_return fail(refuse());
    if (size + chunk->size() > capacity) {
      const std::size_t expected = static_cast<std::size_t>(body.length().value_or(0));
      capacity = std::max({size + chunk->size(), capacity * 2, expected, std::size_t{1024}});
      char* grown = static_cast<char*>(arena.allocate_bytes(capacity, 1));
      if (size != 0) std::memcpy(grown, buffer, size);
      buffer = grown;
    }
    std::memcpy(buffer + size, chunk->data(), chunk->size());
    size += chunk->size();
  }
  body.set_bytes({buffer, size});  // Trailers go with the stream: they may be about bytes that are now to be changed.
  co_return Result<void>();
}

Result<void> Request::set_url(std::string_view text) {
  auto parsed = parse_url(text, arena);
  if (!parsed) return fail(ErrorCode::bad_request, std::string(parsed.error().message()));
  url = *parsed;
  return {};
}

void Request::reset() {
  body = Body();
  cancellation.clear();
  arena.reset();
  method = "GET";
  url = Url();
  headers = Headers(arena);
  client_address = {};
  client_certificate = {};
  upgrade = {};
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 103: return "Early Hints";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 203: return "Non-Authoritative Information";
    case 204: return "No Content";
    case 205: return "Reset Content";
    case 206: return "Partial Content";
    case 207: return "Multi-Status";
    case 300: return "Multiple Choices";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 407: return "Proxy Authentication Required";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 451: return "Unavailable For Legal Reasons";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return {};
  }
}

}  // namespace sluice
