/* py-place.h - where code comes from: the program itself, packages, the standard library. What
 * a program calls its objects is told by the first, hardly ever by the last. */
#pragma once

#include "py-scan.h"

typedef struct py_places PyPlaces;

/* The better ones first. */
enum py_place
{
  PLACE_MAIN,      /* __main__; in spawned processes __mp_main__ */
  PLACE_RUNNING,   /* functions of the program that run; only roots are here */
  PLACE_PROGRAM,   /* its other modules */
  PLACE_PACKAGE,   /* what was installed: site-packages */
  PLACE_LIBRARY,   /* the standard library, and modules in C */
  PLACE_INTERNAL,  /* what multiprocessing, threading and the like keep for themselves */
  N_PLACES
};

/* A module that is there, or the globals of one that has been. */
typedef struct py_module_info PyModuleInfo;
struct py_module_info
{
  guint64 globals;  /* its dict */
  char *name;       /* its __name__ */
  enum py_place place;
};

/* Goes through scan->modules. The reader is kept. */
PyPlaces *py_places_new (const PyReader *reader, const PyScan *scan);
void py_places_free (PyPlaces *self);

/* All of them; of PyModuleInfo *. Owned by self. */
const GPtrArray *py_places_modules (const PyPlaces *self);
/* The module of this name, or with these globals; NULL. Globals without a module that call
 * themselves __main__ or __mp_main__ (a script that was run by another, a spawned process's
 * program) are taken in. */
const PyModuleInfo *py_places_named (const PyPlaces *self, const char *name);
const PyModuleInfo *py_places_with_globals (PyPlaces *self, guint64 globals);

/* Of the module of this name: PROGRAM when it is not known. */
enum py_place py_places_of_module (const PyPlaces *self, const char *name);
/* Of the code in a file (co_filename): MAIN is not told from PROGRAM. */
enum py_place py_places_of_file (const PyPlaces *self, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyPlaces, py_places_free)
