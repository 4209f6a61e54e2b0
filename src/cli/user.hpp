#pragma once

#include "cli/command.hpp"

namespace usher::cli {

Status user_add(const Invocation& invocation, Io& io);
Status user_list(const Invocation& invocation, Io& io);
Status user_show(const Invocation& invocation, Io& io);
Status user_disable(const Invocation& invocation, Io& io);
Status user_enable(const Invocation& invocation, Io& io);
Status user_set_role(const Invocation& invocation, Io& io);
Status user_set_password(const Invocation& invocation, Io& io);
Status user_delete(const Invocation& invocation, Io& io);

}  // namespace usher::cli
