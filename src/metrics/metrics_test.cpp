#include "metrics/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace usher::metrics {
namespace {

using ::testing::HasSubstr;

TEST(Counter, adds_up_what_all_threads_counted)
{
  Counter counter;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 20; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) {
          counter.add();
        }
      });
    }
  }
  EXPECT_EQ(counter.value(), 20'000U);
}

TEST(Registry, hands_back_the_same_metric_for_the_same_name_and_labels)
{
  Registry registry;
  Counter& first = registry.counter("a_total", "A.", R"(x="1")");
  EXPECT_EQ(&first, &registry.counter("a_total", "A.", R"(x="1")"));
  EXPECT_NE(&first, &registry.counter("a_total", "A.", R"(x="2")"));
}

TEST(Exposition, groups_the_samples_of_a_name_under_one_help_and_type)
{
  Registry registry;
  registry.counter("b_total", "Counts \\ b\nand more.", R"(x="1")").add(3);
  registry.gauge("a", "A.", [] { return 1.5; });
  registry.counter("b_total", "Counts \\ b\nand more.", R"(x="2")");
  registry.counted("c_total", "C.", [] { return 7.0; });
  EXPECT_EQ(
      registry.exposition(),
      "# HELP a A.\n# TYPE a gauge\na 1.5\n"
      "# HELP b_total Counts \\\\ b\\nand more.\n# TYPE b_total counter\n"
      "b_total{x=\"1\"} 3\nb_total{x=\"2\"} 0\n"
      "# HELP c_total C.\n# TYPE c_total counter\nc_total 7\n"
  );
}

TEST(Exposition, writes_cumulative_buckets_that_end_in_the_count)
{
  Registry registry;
  Histogram& histogram = registry.histogram("t_seconds", "T.", R"(route="/x")");
  histogram.observe(0.0005);
  histogram.observe(0.3);
  histogram.observe(60);
  const std::string text = registry.exposition();
  EXPECT_THAT(text, HasSubstr("# TYPE t_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("t_seconds_bucket{route=\"/x\",le=\"5e-04\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("t_seconds_bucket{route=\"/x\",le=\"0.25\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("t_seconds_bucket{route=\"/x\",le=\"0.5\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("t_seconds_bucket{route=\"/x\",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("t_seconds_sum{route=\"/x\"} 60.3005\n"));
  EXPECT_THAT(text, HasSubstr("t_seconds_count{route=\"/x\"} 3\n"));
}

TEST(Exposition, writes_infinities_and_nan_as_prometheus_reads_them)
{
  Registry registry;
  registry.gauge("a", "A.", [] { return std::numeric_limits<double>::infinity(); });
  registry.gauge("b", "B.", [] { return std::numeric_limits<double>::quiet_NaN(); });
  EXPECT_THAT(registry.exposition(), HasSubstr("a +Inf\n"));
  EXPECT_THAT(registry.exposition(), HasSubstr("b NaN\n"));
}

}  // namespace
}  // namespace usher::metrics
