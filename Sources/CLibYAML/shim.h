#ifndef QUALM_CLIBYAML_SHIM_H
#define QUALM_CLIBYAML_SHIM_H

#include <yaml.h>

#endif
