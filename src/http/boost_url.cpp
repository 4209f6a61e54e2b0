// Boost.URL's own code, compiled once here instead of in every file that includes it.
#include <boost/url/src.hpp>
