// SPDX-License-Identifier: Apache-2.0
// Source: Event Hubs REST, Send event and Send partition event.
#include "gateway/event_delivery.hpp"

#include "base/entity_lookup.hpp"
#include "base/event_hub.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>

namespace sluice {
namespace {

constexpr std::string_view api_version = "timeout=60&api-version=2014-01";
constexpr std::chrono::minutes signature_age{20};
/// Hubs answer with an empty body; what is longer is not read.
constexpr std::size_t answer_bytes = 4096;

/// A message on its way; owns all it needs.
struct Message {
  std::string logger, url, broker_properties, text;
  EventHub hub;
  std::string token;  ///< For hubs without a key.
  std::size_t size() const { return text.size() + url.size() + broker_properties.size() + token.size(); }
};

/// The hub behind a logger's credentials; nothing when they are not whole.
std::optional<EventHub> hub_of(const Logger& logger) {
  if (!logger.connection_string.empty()) return read_connection_string(logger.connection_string, logger.event_hub);
  std::string_view host = logger.endpoint;
  if (const std::size_t scheme = host.find("://"); scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
  host = host.substr(0, host.find('/'));
  if (!is_valid_authority(host) || logger.event_hub.empty()) return std::nullopt;
  return EventHub{std::string(host), logger.event_hub, {}, {}};
}

/// No more than `most` bytes, cut between characters.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

Message message_for(const Logger& logger, EventHub hub, const EventPartition& partition, std::string_view text,
                    std::string_view token) {
  Message message;
  message.logger = entity_key(logger);
  if (hub.key.empty()) message.token = token;
  message.text = text;
  message.url = "https://" + hub.host + "/" + percent_encode(hub.name, "/");
  if (!partition.id.empty()) message.url += "/partitions/" + percent_encode(partition.id);
  message.url += "/messages?" + std::string(api_version);
  if (!partition.key.empty()) {
    JsonWriter properties;
    properties.begin_object();
    properties.key("PartitionKey");
    properties.value(partition.key);
    properties.end_object();
    message.broker_properties = properties.text();
  }
  message.hub = std::move(hub);
  return message;
}

/// Lets users in until it is closed; closing waits until all of them are out again. A user may come in twice.
class Gate {
 public:
  /// One who is inside, or was not let in.
  class Pass {
   public:
    explicit Pass(Gate& gate) : gate_(gate) {
      gate_.inside_.fetch_add(1);
      is_valid_ = !gate_.is_closed_.load();
      if (!is_valid_) gate_.leave();
    }
    ~Pass() {
      if (is_valid_) gate_.leave();
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    explicit operator bool() const { return is_valid_; }

   private:
    Gate& gate_;
    bool is_valid_ = false;
  };

  void close() {
    is_closed_.store(true);
    for (int inside = inside_.load(); inside != 0; inside = inside_.load()) inside_.wait(inside);
  }

 private:
  void leave() {
    inside_.fetch_sub(1);
    inside_.notify_all();
  }

  std::atomic<int> inside_{0};
  std::atomic<bool> is_closed_{false};
};

}  // namespace

class EventDelivery::Queue : public std::enable_shared_from_this<Queue> {
 public:
  explicit Queue(const Parts& parts) : parts_(parts) {}

  /// A sender starts with the message, or it waits; false when there is no room.
  bool take(Message message) {
    {
      std::lock_guard lock(mutex_);
      if (senders_ >= parts_.limits.sends) {
        const std::size_t bytes = waiting_bytes_ + message.size();
        if (waiting_.size() >= parts_.limits.waiting_messages || bytes > parts_.limits.waiting_bytes) return false;
        waiting_bytes_ = bytes;
        waiting_.push_back(std::move(message));
        return true;
      }
      ++senders_;
    }
    spawn(send_all(shared_from_this(), std::move(message)), [] {});
    return true;
  }

  void close() {
    gate_.close();
    std::lock_guard lock(mutex_);
    waiting_.clear();
    waiting_bytes_ = 0;
  }

  void count(std::string_view logger, std::string_view outcome) const {
    const Label labels[] = {{"logger", logger}, {"outcome", outcome}};
    parts_.telemetry.count("sluice_events_total", 1, labels);
  }
  void warn(std::string_view logger, std::string_view what) const {
    const Label fields[] = {{"source", "log-to-eventhub"}, {"logger", logger}};
    parts_.telemetry.log(LogLevel::warning, what, fields);
  }
  const Parts& parts() const { return parts_; }

 private:
  static Task<void> send_all(std::shared_ptr<Queue> queue, Message message) {
    for (;;) {
      co_await send(*queue, message);
      std::optional<Message> next = queue->next();
      if (!next) co_return;
      message = std::move(*next);
    }
  }

  /// What waits longest; nothing ends the sender that asks.
  std::optional<Message> next() {
    std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      --senders_;
      return std::nullopt;
    }
    Message message = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= message.size();
    return message;
  }

  static Task<void> send(Queue& queue, Message& message) {
    Arena arena(1024);
    OutgoingRequest request(arena);
    Cancellation nobody;
    auto addressed = queue.address(message, request, arena);
    if (!addressed) {
      queue.finish(message, addressed.error());
      co_return;
    }
    Task<Result<Response>> sending = queue.start(request, arena, nobody);
    Result<Response> answer = co_await sending;
    if (!answer) {
      queue.finish(message, answer.error());
      co_return;
    }
    // Read to its end, the connection can be used again.
    const auto read = co_await buffer_body(answer->body, arena, answer_bytes, ErrorCode::response_body_too_large);
    if (!read && answer->body.is_stream()) answer->body.stream()->cancel();
    queue.finish(message, answer->status);
  }

  Result<void> address(const Message& message, OutgoingRequest& request, Arena& arena) {
    const Gate::Pass pass(gate_);
    if (!pass) return fail(ErrorCode::cancelled);
    auto url = parse_url(message.url, arena);
    if (!url) return fail(std::move(url.error()));
    request.method = "POST";
    request.url = *url;
    request.timeout = parts_.limits.timeout;
    request.headers.set("Content-Type", "application/atom+xml;type=entry;charset=utf-8");
    if (!message.broker_properties.empty()) request.headers.set("BrokerProperties", message.broker_properties);
    request.body = Body::bytes(message.text);
    const std::string target = "https://" + message.hub.host + "/" + message.hub.name;
    request.headers.set("Authorization",
                        message.hub.key.empty()
                            ? "Bearer " + message.token
                            : shared_access_signature(message.hub, target, parts_.clock.now() + signature_age));
    parts_.origins.apply(request.url, arena);
    return {};
  }

  Task<Result<Response>> start(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) {
    const Gate::Pass pass(gate_);
    if (!pass) return Result<Response>(fail(ErrorCode::cancelled));
    return parts_.transport.send(request, arena, cancellation);
  }

  void finish(const Message& message, int status) {
    const bool is_sent = status >= 200 && status < 300;
    const Gate::Pass pass(gate_);
    if (!pass) return;
    count(message.logger, is_sent ? "sent" : "failed");
    if (!is_sent) warn(message.logger, "An event hub answered with status " + std::to_string(status) + ".");
  }
  void finish(const Message& message, const Error& error) {
    const Gate::Pass pass(gate_);
    if (!pass) return;
    count(message.logger, "failed");
    warn(message.logger, error.message());
  }

  const Parts parts_;
  std::mutex mutex_;
  std::deque<Message> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t senders_ = 0;
  Gate gate_;  ///< All who use the parts pass it.
};

EventDelivery::EventDelivery(const Parts& parts) : queue_(std::make_shared<Queue>(parts)) {}

EventDelivery::~EventDelivery() { queue_->close(); }

void EventDelivery::post(const Logger& logger, const EventPartition& partition, std::string_view message,
                         std::string_view token) {
  auto hub = hub_of(logger);
  if (!hub || (hub->key.empty() && token.empty())) {
    queue_->count(entity_key(logger), "failed");
    queue_->warn(entity_key(logger), !hub ? "The credentials of a logger name no event hub."
                                          : "There is no token for the event hub of a logger.");
    return;
  }
  const std::string_view text = cut(message, queue_->parts().limits.message_bytes);
  if (!queue_->take(message_for(logger, std::move(*hub), partition, text, token)))
    queue_->count(entity_key(logger), "dropped");
}

}  // namespace sluice
