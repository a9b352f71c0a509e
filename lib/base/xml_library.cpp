// SPDX-License-Identifier: Apache-2.0
// The functions that are given to libxml2 are those of the C library with a count beside them: memory that was taken
// before they are in place is given back by them all the same.
#include "base/xml_library.hpp"

#include <libxml/parser.h>
#include <libxml/xmlmemory.h>

#include <malloc.h>

#include <cstdlib>
#include <cstring>

namespace sluice {
namespace {

thread_local XmlMemoryWatch* watch = nullptr;

std::int64_t size_of(void* block) { return static_cast<std::int64_t>(malloc_usable_size(block)); }
void* noted(void* block, std::int64_t before) {
  if (watch != nullptr && block != nullptr) watch->note(size_of(block) - before);
  return block;
}

void* counted_malloc(std::size_t size) { return noted(std::malloc(size), 0); }
void counted_free(void* block) {
  if (watch != nullptr && block != nullptr) watch->note(-size_of(block));
  std::free(block);
}
void* counted_realloc(void* block, std::size_t size) {
  const std::int64_t before = block == nullptr ? 0 : size_of(block);
  return noted(std::realloc(block, size), before);
}
char* counted_copy(const char* text) { return static_cast<char*>(noted(strdup(text), 0)); }

bool prepare() {
  xmlFreeFunc free_function = nullptr;
  xmlMallocFunc malloc_function = nullptr;
  xmlReallocFunc realloc_function = nullptr;
  xmlStrdupFunc copy_function = nullptr;
  xmlMemGet(&free_function, &malloc_function, &realloc_function, &copy_function);
  if (malloc_function == static_cast<xmlMallocFunc>(std::malloc) &&
      free_function == static_cast<xmlFreeFunc>(std::free))
    xmlMemSetup(&counted_free, &counted_malloc, &counted_realloc, &counted_copy);
  xmlInitParser();
  return true;
}

}  // namespace

void prepare_xml_library() { [[maybe_unused]] static const bool is_prepared = prepare(); }

XmlMemoryWatch::XmlMemoryWatch(std::size_t most_bytes, Stop stop, void* what)
    : most_(static_cast<std::int64_t>(most_bytes)), stop_(stop), what_(what) {
  watch = this;
}
XmlMemoryWatch::~XmlMemoryWatch() { watch = nullptr; }

void XmlMemoryWatch::note(std::int64_t bytes) {
  taken_ += bytes;
  if (bytes <= 0 || taken_ <= most_) return;
  is_exceeded_ = true;
  stop_(what_);
}

}  // namespace sluice
