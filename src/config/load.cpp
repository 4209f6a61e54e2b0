#include "config/load.hpp"

#include "config/checks.hpp"
#include "config/file.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

namespace usher::config {
namespace {

constexpr std::string_view prefix = "USHER_";
constexpr std::string_view file_suffix = "_FILE";
constexpr const char* own_file = "usher.toml";
constexpr std::size_t secret_bytes_max = 4096;

/// Collects what is wrong, one line each, so that a start names every mistake at once.
class Loading {
 public:
  Loading() = default;

  void set(const Setting& setting, std::string_view value, const std::string& origin)
  {
    const std::string reason = setting.set(loaded_.config, setting, value);
    if (!reason.empty()) {
      complain(setting, value, origin, reason);
      return;
    }
    loaded_.origins[setting.name] = origin;
  }

  void complain(
      const Setting& setting, std::string_view value, const std::string& origin, const std::string& reason
  )
  {
    std::string line{setting.name};
    line.append(setting.secret() ? "" : " = \"" + std::string{value} + "\"");
    wrong(line + " (" + origin + ") " + reason);
  }

  void wrong(std::string line) { lines_.push_back(std::move(line)); }

  Loaded& loaded() noexcept { return loaded_; }

  Result<Loaded> finish() &&
  {
    if (lines_.empty()) {
      check_together();
    }
    if (lines_.empty()) {
      return std::move(loaded_);
    }
    std::string detail;
    for (const std::string& line : lines_) {
      detail.append(detail.empty() ? "" : "\n").append(line);
    }
    return refuse(settings_invalid, std::move(detail));
  }

 private:
  void check_together()
  {
    for (const Clash& clash : clashes(loaded_.config)) {
      const Setting& setting = *find_setting(clash.setting);
      complain(setting, setting.get(loaded_.config), loaded_.origin_of(clash.setting), clash.reason);
    }
  }

  Loaded loaded_;
  std::vector<std::string> lines_;
};

std::size_t distance(std::string_view a, std::string_view b)
{
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

/// A secret's file: at most a few KiB, one trailing newline taken off.
std::optional<std::string> read_secret(const std::string& path)
{
  std::ifstream in{path, std::ios::binary};
  if (!in) {
    return std::nullopt;
  }
  std::string text(secret_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > secret_bytes_max) {
    return std::nullopt;
  }
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

void take_file(const Sources& sources, Loading& loading)
{
  std::string path = sources.file;
  const auto named = sources.environment.find("USHER_CONFIG");
  if (path.empty() && named != sources.environment.end()) {
    path = named->second;
  }
  if (path.empty() && access(own_file, F_OK) == 0) {
    path = own_file;
  }
  if (path.empty()) {
    return;
  }
  std::ifstream in{path, std::ios::binary};
  if (!in) {
    loading.wrong("config = \"" + path + "\" cannot be read; name a file that is there, or leave it out");
    return;
  }
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  FileSettings file = parse_file(text, path);
  for (std::string& line : file.wrong) {
    loading.wrong(std::move(line));
  }
  for (const FileSetting& found : file.settings) {
    loading.set(*found.setting, found.value, found.origin);
  }
}

std::vector<std::string> variable_names()
{
  std::vector<std::string> names{"USHER_CONFIG"};
  for (const Setting& setting : all_settings()) {
    names.push_back(setting.variable());
    if (setting.secret()) {
      names.push_back(setting.variable().append(file_suffix));
    }
  }
  return names;
}

/// A misspelt variable stops the start; one that only shares our prefix is somebody else's (Kubernetes sets
/// USHER_PORT and USHER_SERVICE_HOST for a service of that name) and gets a warning.
void judge_unknown(const std::string& name, Loading& loading)
{
  const std::string meant = suggestion(name, variable_names());
  const bool of_ours = std::ranges::any_of(all_settings(), [&](const Setting& setting) {
    const std::string variable = setting.variable();
    const std::size_t dot = setting.name.find('.');
    return dot != std::string_view::npos && name.starts_with(variable.substr(0, prefix.size() + dot + 1));
  });
  if (of_ours || !meant.empty()) {
    loading.wrong(name + " (environment) is not a setting" + meant);
  } else {
    loading.loaded().warnings.push_back(name + " is in the environment but is not a setting; it is ignored");
  }
}

void take_secret_file(const Setting& setting, const std::string& path, Loading& loading)
{
  const std::string origin = "environment " + setting.variable().append(file_suffix);
  const auto secret = read_secret(path);
  if (!secret) {
    loading.wrong(origin + " = \"" + path + "\" cannot be read; name a readable file of at most 4096 bytes");
    return;
  }
  loading.set(setting, *secret, origin);
}

bool is_variable_of(const Setting& setting, std::string_view name)
{
  return name == setting.variable() || (setting.secret() && name == setting.variable().append(file_suffix));
}

void take_variable(const std::string& name, const std::string& value, Loading& loading)
{
  const auto settings = all_settings();
  const auto named =
      std::ranges::find_if(settings, [&](const Setting& setting) { return is_variable_of(setting, name); });
  if (named == settings.end()) {
    judge_unknown(name, loading);
  } else if (name.ends_with(file_suffix)) {
    take_secret_file(*named, value, loading);
  } else {
    loading.set(*named, value, "environment " + name);
  }
}

void take_environment(const Sources& sources, Loading& loading)
{
  for (const auto& [name, value] : sources.environment) {
    if (name != "USHER_CONFIG") {
      take_variable(name, value, loading);
    }
  }
}

}  // namespace

std::string Loaded::origin_of(std::string_view name) const
{
  const auto found = origins.find(name);
  return found == origins.end() ? "default" : found->second;
}

Result<Loaded> load(const Sources& sources)
{
  Loading loading;
  take_file(sources, loading);
  take_environment(sources, loading);
  for (const Given& given : sources.flags) {
    const Setting* setting = find_setting(given.name);
    USHER_ASSERT(setting != nullptr);
    loading.set(*setting, given.value, "flag " + given.flag);
  }
  return std::move(loading).finish();
}

std::map<std::string, std::string> process_environment()
{
  std::map<std::string, std::string> ours;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const std::size_t equals = text.find('=');
    if (text.starts_with(prefix) && equals != std::string_view::npos) {
      ours.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return ours;
}

std::string suggestion(std::string_view wrong, const std::vector<std::string>& candidates)
{
  const std::size_t far = std::min<std::size_t>(3, (wrong.size() + 1) / 2);
  const std::string* nearest = nullptr;
  std::size_t best = far + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t d = distance(wrong, candidate);
    if (d < best) {
      best = d;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? "" : "; did you mean " + *nearest + "?";
}

}  // namespace usher::config
