# ruff: noqa: B018, F821
"""What nothing of ours names, and why it stays. Read by vulture, never run."""

# Django, allauth, Celery and WSGI call them by name
_.add_arguments, _.ordering, _.app_name, _.first_name, _.last_name
_.get_full_name, _.get_short_name  # of the user
_.to_url, _.field_order, _.template_name, _.allow_multiple_selected
_.label_from_instance, _.initial_form_count  # of forms
_.beat_schedule, _.application
_.form_expired, _.RequestLog, _.Adapter, _.SecondFactor  # by their path in the settings
_.CompressTexts, _.OneSheetStorage  # these too
_.is_open_for_signup, _.add_message  # of allauth's adapter
_.variables_are_known, _.letters_are_fast, _.app_configs  # system checks, registered by decorator
_._look_again  # one of several by the type of the refusal
_.converters  # imported for its converters of addresses
_.completed_by_id  # saved with the paper

# Other libraries
_.freeze_panes, _.ref, _.data_type, _.font, _.alignment, _.number_format  # openpyxl
_.sheet_state, _.showErrorMessage, _.errorTitle  # openpyxl
_.compress_type  # zipfile
_.handle_starttag  # HTMLParser
_.fetch  # WeasyPrint
_.Parent, _.Prev, _.ParentTreeNextKey, _.StructParents, _.StructParent  # keys of a PDF, by pikepdf
_.Dest, _.Resources  # these too
_.trace  # of a context manager's end

# Choices of a model that people pick from a list
_.NO_ANSWER, _.MESSAGE, _.SEEN

# A rule of docs/rules/ with its worked examples, which no page asks yet
_.count_sessions
