#include "metrics/metrics.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

namespace usher::metrics {
namespace {

/// Each thread keeps the slot it is given first; with more threads than slots some share, and atomics keep
/// that right.
std::size_t my_slot() noexcept
{
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % slots;
  return mine;
}

std::string number(double value)
{
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  std::array<char, 32> text{};
  auto* const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

/// HELP text: a backslash and a line feed are escaped, nothing else.
std::string escaped(std::string_view help)
{
  std::string out;
  for (const char letter : help) {
    if (letter == '\\' || letter == '\n') {
      out += '\\';
    }
    out += letter == '\n' ? 'n' : letter;
  }
  return out;
}

std::string braced(std::string_view labels, std::string_view more = {})
{
  std::string out{labels};
  if (!labels.empty() && !more.empty()) {
    out += ',';
  }
  out += more;
  return out.empty() ? out : "{" + out + "}";
}

void sample(std::string& out, std::string_view name, std::string_view labels, const std::string& value)
{
  out += name;
  out += labels;
  out += ' ';
  out += value;
  out += '\n';
}

}  // namespace

void Counter::add(std::uint64_t by) noexcept
{
  slots_.at(my_slot()).count.fetch_add(by, std::memory_order_relaxed);
}

std::uint64_t Counter::value() const noexcept
{
  std::uint64_t sum = 0;
  for (const Slot& slot : slots_) {
    sum += slot.count.load(std::memory_order_relaxed);
  }
  return sum;
}

void Histogram::observe(double seconds) noexcept
{
  const auto bucket =
      static_cast<std::size_t>(std::ranges::lower_bound(bounds_s, seconds) - bounds_s.begin());
  Slot& slot = slots_.at(my_slot());
  slot.buckets.at(bucket).fetch_add(1, std::memory_order_relaxed);
  slot.sum_us.fetch_add(static_cast<std::uint64_t>(std::max(seconds, 0.0) * 1e6), std::memory_order_relaxed);
}

Counter& Registry::counter(std::string_view name, std::string_view help, std::string_view labels)
{
  return metric(name, help, labels, "counter").counter;
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, std::string_view labels)
{
  return metric(name, help, labels, "histogram").histogram;
}

void Registry::gauge(std::string_view name, std::string_view help, std::function<double()> read)
{
  Metric& made = metric(name, help, {}, "gauge");
  const std::lock_guard lock{mutex_};
  made.read = std::move(read);
}

void Registry::counted(std::string_view name, std::string_view help, std::function<double()> read)
{
  Metric& made = metric(name, help, {}, "counter");
  const std::lock_guard lock{mutex_};
  made.read = std::move(read);
}

Registry::Metric& Registry::metric(
    std::string_view name, std::string_view help, std::string_view labels, std::string_view type
)
{
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find_if(metrics_, [&](const Metric& one) {
    return one.name == name && one.labels == labels;
  });
  if (found != metrics_.end()) {
    return *found;
  }
  Metric& made = metrics_.emplace_back();
  made.name = name;
  made.help = help;
  made.labels = labels;
  made.type = type;
  return made;
}

void Registry::write_histogram(std::string& out, const Metric& metric)
{
  std::array<std::uint64_t, Histogram::bounds_s.size() + 1> counts{};
  std::uint64_t sum_us = 0;
  for (const Histogram::Slot& slot : metric.histogram.slots_) {
    for (std::size_t at = 0; at < counts.size(); ++at) {
      counts.at(at) += slot.buckets.at(at).load(std::memory_order_relaxed);
    }
    sum_us += slot.sum_us.load(std::memory_order_relaxed);
  }
  std::uint64_t total = 0;
  for (std::size_t at = 0; at < counts.size(); ++at) {
    total += counts.at(at);
    const std::string bound = at < Histogram::bounds_s.size() ? number(Histogram::bounds_s.at(at)) : "+Inf";
    sample(
        out, metric.name + "_bucket", braced(metric.labels, "le=\"" + bound + "\""), std::to_string(total)
    );
  }
  sample(out, metric.name + "_sum", braced(metric.labels), number(static_cast<double>(sum_us) / 1e6));
  sample(out, metric.name + "_count", braced(metric.labels), std::to_string(total));
}

void Registry::write_sample(std::string& out, const Metric& metric)
{
  if (metric.type == "histogram") {
    write_histogram(out, metric);
  } else if (metric.read) {
    sample(out, metric.name, braced(metric.labels), number(metric.read()));
  } else {
    sample(out, metric.name, braced(metric.labels), std::to_string(metric.counter.value()));
  }
}

std::string Registry::exposition() const
{
  const std::lock_guard lock{mutex_};
  // The format wants all samples of a name together, under one HELP and TYPE.
  std::vector<const Metric*> sorted;
  sorted.reserve(metrics_.size());
  for (const Metric& metric : metrics_) {
    sorted.push_back(&metric);
  }
  std::ranges::sort(sorted, {}, [](const Metric* metric) { return std::tie(metric->name, metric->labels); });
  std::string out;
  std::string_view family;
  for (const Metric* const metric : sorted) {
    if (metric->name != family) {
      family = metric->name;
      out += "# HELP " + metric->name + ' ' + escaped(metric->help) + '\n';
      out += "# TYPE " + metric->name + ' ' + metric->type + '\n';
    }
    write_sample(out, *metric);
  }
  return out;
}

}  // namespace usher::metrics
