// A service that takes orders: one request per line on the standard input, one answer per line on the
// standard output.
//
//   orders URL [max_stale=SECONDS | max_stale=none] [issuer=NAME] [client=ID:SECRET] [keys=FILE]
//
//   GET TOKEN            anybody who is logged in                200 7 USER
//   PAY TOKEN            straight from a login                   401 token_not_fresh WWW-Authenticate: Bearer
//   error=... RECENT SECONDS TOKEN the password was shown lately ADMIN TOKEN          administrators only 403
//   admin_only STATUS               what is known of revocations            have=3 entries=2 age=812
//   streaming=1 refused=0

#include <usher_verify.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>

namespace {

using std::chrono::seconds;
using usher::verify::Refusal;
using usher::verify::Settings;
using usher::verify::Status;
using usher::verify::Verdict;
using usher::verify::Verifier;

void refuse(const Refusal& refusal)
{
  std::cout << refusal.status << ' ' << refusal.error;
  for (const auto& header : refusal.headers) {
    std::cout << ' ' << header.name << ": " << header.value;
  }
  std::cout << std::endl;
}

void answer(const Verdict& verdict)
{
  if (!verdict) {
    refuse(verdict.refusal());
    return;
  }
  std::cout << "200 " << verdict->user_id << ' ' << verdict->role << std::endl;
}

Verdict check(Verifier& tokens, const std::string& route, std::istream& words)
{
  int age = 0;
  if (route == "RECENT") {
    words >> age;
  }
  std::string token;
  words >> token;
  if (route == "PAY") {
    return tokens.verify(token, {.fresh = true});
  }
  if (route == "RECENT") {
    return tokens.verify(token, {.max_age = seconds{age}});
  }
  if (route == "ADMIN") {
    return tokens.verify(token, {.role = "ADMIN"});
  }
  return tokens.verify(token);
}

void show(const Status& status)
{
  std::cout << "have=" << status.have << " entries=" << status.entries
            << " age=" << (status.age ? status.age->count() : -1) << " streaming=" << status.streaming
            << " refused=" << status.refused_statements << std::endl;
}

void set(Settings& settings, const std::string& name, const std::string& value)
{
  if (name == "max_stale" && value == "none") {
    settings.max_stale.reset();
  } else if (name == "max_stale") {
    settings.max_stale = seconds{std::stoi(value)};
  } else if (name == "issuer") {
    settings.issuer = value;
  } else if (name == "client") {
    settings.client_id = value.substr(0, value.find(':'));
    settings.client_secret = value.substr(value.find(':') + 1);
  } else if (name == "keys") {
    std::ifstream file{value};
    settings.keys.assign(std::istreambuf_iterator<char>{file}, {});
  }
}

}  // namespace

int main(int argc, char** argv)
{
  Settings settings{.url = argc > 1 ? argv[1] : "http://127.0.0.1:8080"};
  for (int at = 2; at < argc; ++at) {
    const std::string option = argv[at];
    const std::size_t equals = option.find('=');
    set(settings, option.substr(0, equals), equals == std::string::npos ? "" : option.substr(equals + 1));
  }
  Verifier tokens{settings};

  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words{line};
    std::string route;
    words >> route;
    if (route == "STATUS") {
      show(tokens.status());
    } else {
      answer(check(tokens, route, words));
    }
  }
}
