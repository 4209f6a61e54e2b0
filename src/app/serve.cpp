#include "app/serve.hpp"

#include "app/descriptors.hpp"
#include "app/first_admin.hpp"
#include "app/maintenance.hpp"
#include "app/notify.hpp"
#include "app/services.hpp"
#include "app/signals.hpp"
#include "app/site.hpp"
#include "app/start_fault.hpp"
#include "config/checks.hpp"
#include "crypto/random.hpp"
#include "http/server.hpp"

#include <sysexits.h>

#include <csignal>
#include <optional>
#include <ostream>

namespace usher::app {
namespace {

std::unique_ptr<http::Server> listening(const http::Options& options, http::MakeSite make, Services& services)
{
  try {
    return std::make_unique<http::Server>(
        options, std::move(make), services.log, services.metrics, services.clock
    );
  } catch (const Fault& fault) {
    throw StartFault{EX_UNAVAILABLE, fault.what()};
  }
}

/// The metrics' own listener; nothing when they have none. Where nobody asked for that port and it is taken
/// (by a second server on this machine, say), the start goes on without.
std::unique_ptr<http::Server> metrics_listener(const config::Loaded& loaded, Services& services)
{
  const std::string& where = loaded.config.http.metrics_listen;
  if (where.empty() || where == "same") {
    return nullptr;
  }
  http::Options options = http_options(loaded.config);
  options.listen = {where};
  options.threads = 1;
  options.access_log = false;
  options.tls_cert.clear();
  options.tls_key.clear();
  try {
    return listening(options, make_metrics_site(services), services);
  } catch (const StartFault& fault) {
    if (loaded.origin_of("http.metrics_listen") != "default") {
      throw;
    }
    services.log.warning("No /metrics: its port is taken", {{"what", fault.what()}});
    return nullptr;
  }
}

void make_room_for_connections(const config::Loaded& loaded, Services& services)
{
  constexpr std::size_t other_files = 100;  // database, listeners, log, timers
  const std::size_t allowed = raise_descriptor_limit();
  const std::size_t wanted = loaded.config.http.connections_max + other_files;
  if (allowed < wanted) {
    services.log.warning(
        "Fewer file descriptors than http.connections_max asks for; raise LimitNOFILE or ulimit -n",
        {{"allowed", static_cast<std::int64_t>(allowed)}, {"wanted", static_cast<std::int64_t>(wanted)}}
    );
  }
}

void take_over(
    const std::function<Result<config::Loaded>()>& reload, Services& services, http::Server& server
)
{
  server.reload_tls();
  const Result<config::Loaded> loaded = reload();
  if (!loaded) {
    services.log.error("Settings not reloaded", {{"what", loaded.error().detail}});
    return;
  }
  services.log.set_level(log_level(loaded->config));
  services.log.info("Reloaded");
}

void welcome(const http::Server& server, const http::Server* metrics, Services& services, std::ostream& out)
{
  for (const std::string& url : server.urls()) {
    out << "Usher " USHER_VERSION " listens on " << url << "\n";
    services.log.info("Listening", {{"url", url}});
  }
  if (metrics != nullptr) {
    out << "Metrics on " << metrics->urls().front() << "/metrics\n";
  }
  out << "Data in " << services.config.data.dir << "; API documentation on " << server.urls().front()
      << "/docs\n";
  if (const auto link = setup_link(services, server.urls().front())) {
    out << "There is no administrator yet. Make one within 30 minutes at\n  " << *link
        << "\nor with: usher user add EMAIL --name NAME --age YEARS --admin\n";
  }
  out.flush();
}

}  // namespace

void serve(
    const config::Loaded& loaded, const std::function<Result<config::Loaded>()>& reload, std::ostream& out
)
{
  Signals signals;  // before the first thread, so that none of them is ever interrupted
  crypto::start();
  Services services{loaded.config};
  for (const auto& warnings : {loaded.warnings, config::second_thoughts(loaded.config)}) {
    for (const std::string& line : warnings) {
      services.log.warning(line);
    }
  }
  make_room_for_connections(loaded, services);
  add_first_admin(services);
  const auto server = listening(http_options(loaded.config), make_site(services), services);
  const auto metrics = metrics_listener(loaded, services);
  server->start();
  if (metrics) {
    metrics->start();
  }
  const Maintenance maintenance{services};
  services.ready = true;
  welcome(*server, metrics.get(), services, out);
  notify_supervisor("READY=1");
  while (signals.wait() == SIGHUP) {
    take_over(reload, services, *server);
  }
  services.ready = false;
  notify_supervisor("STOPPING=1");
  services.log.info("Draining");
  signals.let_go();
  server->drain();
  if (metrics) {
    metrics->drain();
  }
  services.log.info("Stopped");
}

}  // namespace usher::app
