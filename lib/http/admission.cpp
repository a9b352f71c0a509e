// SPDX-License-Identifier: Apache-2.0
// The common case is in the header. Here: a beat of the loop's timer has passed, places have run out, or there is
// reason to look at each request.
#include "http/admission.hpp"

#include <limits>

namespace sluice::http {

AdmissionRules admit_all() {
  constexpr std::chrono::hours never_reached{24 * 365};
  return {std::numeric_limits<std::size_t>::max() / 2, never_reached, 0};
}

AdmissionBudget::AdmissionBudget(const AdmissionRules& of, MemoryWatch::Measure measure)
    : rules(of),
      memory(of.memory_bytes, measure),
      kept_(of.running_requests / 8 / std::max(1u, of.workers)),
      left_(of.running_requests) {}

std::size_t AdmissionBudget::take() {
  std::size_t left = left_.load(std::memory_order_relaxed);
  std::size_t taken;
  do {
    taken = std::min(left, kept_ / 2 + 1);
    if (taken == 0) return 0;
  } while (!left_.compare_exchange_weak(left, left - taken, std::memory_order_relaxed));
  return taken;
}

Admission::Admission(AdmissionBudget& budget, const LoopPulse& pulse, Clock& clock)
    : budget_(budget), pulse_(pulse), clock_(clock), guard_(budget.rules.queue_delay) {
  if (budget.rules.adaptive) gradient_ = std::make_unique<GradientLimit>(budget.rules.running_requests);
}

bool Admission::decide(Ticket& ticket) {
  const SteadyTime now = clock_.steady_now();
  if (pulse_.beats != seen_beats_) look_at_loop(now);
  if (memory_is_short_) return refuse(ShedCause::memory, now);
  if (guard_.refuses(now, pulse_.due)) return refuse(ShedCause::delay, now);
  if (gradient_ != nullptr && waiting_ >= gradient_->limit()) return refuse(ShedCause::concurrency, now);
  if (places_ == 0) places_ = budget_.take();
  if (places_ == 0) return refuse(ShedCause::running, now);
  --places_;
  if (gradient_ != nullptr) {
    ticket.entered_ = now;
    ++waiting_;
  }
  return true;
}

void Admission::look_at_loop(SteadyTime now) {
  seen_beats_ = pulse_.beats;
  guard_.measured(now, std::max(pulse_.delay, accept_delay_));
  memory_is_short_ = budget_.memory.is_short(now);
  is_watchful_ = memory_is_short_ || guard_.is_watchful() || gradient_ != nullptr;
}

bool Admission::refuse(ShedCause cause, SteadyTime now) {
  const std::int64_t time = now.time_since_epoch().count();
  const std::int64_t pause = time - last_shed_.load(std::memory_order_relaxed);
  if (pause > longest_pause.count()) shedding_since_.store(time, std::memory_order_relaxed);
  last_shed_.store(time, std::memory_order_relaxed);
  shed_[static_cast<std::size_t>(cause)].add();
  cause_ = cause;
  return false;
}

std::chrono::milliseconds Admission::shedding_for(SteadyTime now) const {
  const std::int64_t time = now.time_since_epoch().count();
  if (time - last_shed_.load(std::memory_order_relaxed) > longest_pause.count()) return {};
  const std::int64_t since = shedding_since_.load(std::memory_order_relaxed);
  const std::chrono::microseconds lasted(std::max<std::int64_t>(time - since, 1000));
  return std::chrono::duration_cast<std::chrono::milliseconds>(lasted);
}

void Admission::measure(Ticket& ticket) {
  const SteadyTime now = clock_.steady_now();
  gradient_->measured(now, now - ticket.entered_, waiting_);
  forget(ticket);
}

void Admission::forget(Ticket& ticket) {
  ticket.entered_ = SteadyTime{};
  --waiting_;
}

void Admission::give_back() {
  const std::size_t spare = places_ - budget_.kept() / 2;
  places_ -= spare;
  budget_.give_back(spare);
}

}  // namespace sluice::http
