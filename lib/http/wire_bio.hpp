// SPDX-License-Identifier: Apache-2.0
// What OpenSSL reads from and writes to: a stream's wire.
#pragma once

#include "http/tls_stream.hpp"

namespace sluice::http {

struct WireBio {
  /// Gives the stream's SSL object its way to the wire. False when there is no memory.
  static bool attach(TlsStream& stream);

 private:
  static int read(BIO* bio, char* to, int most);
  static int write(BIO* bio, const char* from, int size);
  static long control(BIO* bio, int command, long number, void* pointer);
  static const BIO_METHOD* method();
};

}  // namespace sluice::http
