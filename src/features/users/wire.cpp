#include "features/users/wire.hpp"

namespace usher::users {
namespace {

constexpr std::array message_fields{
    json::field<&Message::message>("message", {}, "What was done.", R"("User deleted.")"),
};

}  // namespace

constexpr json::Shape<Message> message_shape{"Message", message_fields};

void write_role(json::Writer& out, const void* user, const json::AnyShape* /*element*/)
{
  out.text(name_of(static_cast<const User*>(user)->role));
}

}  // namespace usher::users
