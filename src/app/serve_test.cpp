#include "app/serve.hpp"

#include "app/notify.hpp"
#include "app/signals.hpp"
#include "app/start_fault.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <future>
#include <sstream>
#include <thread>

namespace usher::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Stands in for systemd: hears what the service says of itself.
class Supervisor {
 public:
  Supervisor() : path_{folder_.path() / "notify"}, fd_{::socket(AF_UNIX, SOCK_DGRAM, 0)}
  {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(std::begin(address.sun_path), sizeof address.sun_path - 1);
    ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  }
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  ~Supervisor()
  {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(fd_);
  }

  std::string hear() const
  {
    std::array<char, 64> text{};
    const auto length = ::recv(fd_, text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(length > 0 ? length : 0)};
  }

 private:
  usher::testing::TempFolder folder_;
  std::string path_;
  int fd_;
};

class Serving : public ::testing::Test {
 protected:
  Serving()
  {
    loaded.config.data.dir = folder.path() / "data";
    loaded.config.http.listen = {"127.0.0.1:0"};
    loaded.config.http.metrics_listen = "127.0.0.1:0";
    loaded.config.http.threads = 1;
    loaded.config.passwords.threads = 1;
    loaded.config.log.level = config::LogLevel::off;
  }

  usher::testing::TempFolder folder;
  config::Loaded loaded;
};

TEST_F(Serving, tells_where_it_listens_reloads_on_hup_and_ends_on_term)
{
  const Supervisor supervisor;
  std::promise<void> reloaded;
  std::atomic<int> reloads{0};
  std::ostringstream out;
  std::thread server{[&] {
    const auto reload = [&]() -> Result<config::Loaded> {
      if (++reloads == 1) {
        reloaded.set_value();
      }
      return refuse(config::settings_invalid);
    };
    serve(loaded, reload, out);
  }};
  EXPECT_EQ(supervisor.hear(), "READY=1");
  ::pthread_kill(server.native_handle(), SIGHUP);
  reloaded.get_future().wait();
  ::pthread_kill(server.native_handle(), SIGTERM);
  EXPECT_EQ(supervisor.hear(), "STOPPING=1");
  server.join();
  EXPECT_EQ(reloads, 1);
  EXPECT_THAT(
      out.str(),
      AllOf(HasSubstr("listens on http://127.0.0.1:"), HasSubstr("/setup#"), HasSubstr("Metrics on http://"))
  );
}

TEST_F(Serving, does_not_start_where_it_cannot_listen)
{
  loaded.config.http.listen = {"192.0.2.1:1"};  // RFC 5737: nobody's address
  std::ostringstream out;
  try {
    serve(loaded, [] { return Result<config::Loaded>{refuse(config::settings_invalid)}; }, out);
    FAIL() << "it started";
  } catch (const StartFault& fault) {
    EXPECT_EQ(fault.status(), EX_UNAVAILABLE);
    EXPECT_THAT(fault.what(), HasSubstr("192.0.2.1:1"));
  }
}

TEST(Signals, are_waited_for_and_interrupt_nothing)
{
  const Signals signals;
  ::pthread_kill(::pthread_self(), SIGHUP);
  EXPECT_EQ(signals.wait(), SIGHUP);
}

TEST(Notify, says_nothing_when_nobody_listens)
{
  notify_supervisor("READY=1");
  ::setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
  notify_supervisor("READY=1");
  ::unsetenv("NOTIFY_SOCKET");
}

}  // namespace
}  // namespace usher::app
