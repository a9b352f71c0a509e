// SPDX-License-Identifier: Apache-2.0
// Vectors that lie as embeddings do: mixtures of a few themes, a little of their own beside. Seeded.
#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace sluice::test {

class SampleVectors {
 public:
  explicit SampleVectors(std::size_t dimensions, std::size_t themes = 16, unsigned seed = 1) : random_(seed) {
    for (std::size_t i = 0; i < themes; ++i) themes_.push_back(noise(dimensions));
  }

  std::vector<float> next() {
    std::vector<float> vector(themes_.front().size());
    for (const std::vector<float>& theme : themes_) add(vector, theme, normal_(random_));
    return near(vector, 0.3F);
  }

  /// `vector` at unit length, and so much in some direction beside it.
  std::vector<float> near(std::vector<float> vector, float apart) {
    scale(vector, 1);
    std::vector<float> beside = noise(vector.size());
    scale(beside, apart);
    add(vector, beside, 1);
    return vector;
  }

  std::size_t below(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }

 private:
  std::vector<float> noise(std::size_t dimensions) {
    std::vector<float> vector(dimensions);
    for (float& each : vector) each = normal_(random_);
    return vector;
  }
  static void add(std::vector<float>& to, const std::vector<float>& what, float times) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += times * what[i];
  }
  static void scale(std::vector<float>& vector, float length) {
    double square = 0;
    for (const float each : vector) square += static_cast<double>(each) * each;
    const auto factor = static_cast<float>(length / std::sqrt(square));
    for (float& each : vector) each *= factor;
  }

  std::mt19937 random_;
  std::normal_distribution<float> normal_;
  std::vector<std::vector<float>> themes_;
};

}  // namespace sluice::test
