/* clipboard.h - what is in the clipboard. */
#pragma once

#include "window-fixture.h"

/* Newly allocated. */
char *clipboard_text (GtkWidget *widget);

/* What is copied is read on a thread first. */
void wait_for_clipboard (GtkWidget *widget, const char *expected);
