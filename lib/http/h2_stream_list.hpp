// SPDX-License-Identifier: Apache-2.0
// The streams that a session of HTTP/2 deals with, each held by it. A stream brings its own links, so that adding and
// removing one takes no memory and no search.
#pragma once

#include <cstddef>

namespace sluice::http {

/// `Stream` counts its references (intrusive_ptr), has a member `Hook in_session_` and lets this class see it.
template <class Stream>
class H2StreamList {
 public:
  class Hook {
    friend class H2StreamList;
    Stream* next_ = nullptr;
    Stream** link_ = nullptr;  // to this stream; null: it is in no list
  };

  void add(Stream& stream) {
    intrusive_ptr_add_ref(&stream);
    Hook& hook = stream.in_session_;
    hook.next_ = first_;
    hook.link_ = &first_;
    if (first_ != nullptr) first_->in_session_.link_ = &hook.next_;
    first_ = &stream;
    ++size_;
  }
  /// Does nothing when it is not there. The stream may be gone afterwards.
  void remove(Stream& stream) {
    Hook& hook = stream.in_session_;
    if (hook.link_ == nullptr) return;
    *hook.link_ = hook.next_;
    if (hook.next_ != nullptr) hook.next_->in_session_.link_ = hook.link_;
    hook.link_ = nullptr;
    --size_;
    intrusive_ptr_release(&stream);
  }

  /// The one added last; null: there is none.
  Stream* first() const { return first_; }
  std::size_t size() const { return size_; }
  /// `action(stream)` for each; it may remove that one.
  template <class Action>
  void for_each(Action action) const {
    for (Stream* stream = first_; stream != nullptr;) {
      Stream* const next = stream->in_session_.next_;
      action(*stream);
      stream = next;
    }
  }

 private:
  Stream* first_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace sluice::http
