#pragma once

#include <string_view>

namespace usher::app {

/// Tells systemd (NOTIFY_SOCKET, sd_notify(3)) how the service stands: "READY=1", "STOPPING=1". Nothing
/// happens when nobody asked to be told.
void notify_supervisor(std::string_view state) noexcept;

}  // namespace usher::app
