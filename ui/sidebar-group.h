/* sidebar-group.h - a heading of the sidebar, and how many segments belong below it. */
#pragma once

#include <glib-object.h>

#include "segment-info.h"

enum sidebar_kind
{
  SIDEBAR_PYTHON,   /* Python programs as they are */
  SIDEBAR_NATIVE,   /* segments that say what is in them */
  SIDEBAR_OTHER,    /* bytes */
  SIDEBAR_RECORDING /* files that were opened */
};
#define SIDEBAR_N_KINDS 4

#define SIDEBAR_TYPE_GROUP (sidebar_group_get_type ())
G_DECLARE_FINAL_TYPE (SidebarGroup, sidebar_group, SIDEBAR, GROUP, GObject)

/* The kind that a segment belongs to. */
enum sidebar_kind sidebar_kind_of (const SegmentInfo *info);

/* Properties, each notified only when it is another: `count` ("3", of a list that is
 * filtered "1 of 3"), `open`: whether its segments
 * are shown. */
SidebarGroup *sidebar_group_new (enum sidebar_kind kind);

enum sidebar_kind sidebar_group_get_kind (SidebarGroup *self);
/* What the group is called where it is remembered. Static. */
const char *sidebar_group_get_name (SidebarGroup *self);
/* "Python programs". Static. */
const char *sidebar_group_get_heading (SidebarGroup *self);
/* Owned by the group. */
const char *sidebar_group_get_count (SidebarGroup *self);

/* So many of its segments pass the filter. */
void sidebar_group_set_count (SidebarGroup *self, guint n_shown, guint n);

/* Whether people want its segments to be shown: what is remembered. */
gboolean sidebar_group_get_collapsed (SidebarGroup *self);
void sidebar_group_set_collapsed (SidebarGroup *self, gboolean collapsed);

gboolean sidebar_group_get_open (SidebarGroup *self);
void sidebar_group_set_open (SidebarGroup *self, gboolean open);
